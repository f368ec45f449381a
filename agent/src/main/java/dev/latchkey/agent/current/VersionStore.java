package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps the versions of secrets, sealed. Called on the store's thread. */
public interface VersionStore {

  /** The store's lineage. */
  Epoch epoch(Transaction transaction);

  /** The current state with its value, where values of this secret are kept. */
  Optional<Stored> current(Transaction transaction, SecretName name);

  /** One version with its value, where it is still kept. */
  Optional<SecretState> version(Transaction transaction, SecretName name, long version);

  /**
   * The newest {@code limit} versions, newest first; without those whose value is no longer kept,
   * or cannot be opened any more.
   */
  List<SecretState> history(Transaction transaction, SecretName name, int limit);

  /**
   * The last id given to a secret of which only (name, version, MAC) is kept, with whether {@code
   * content} is the value that it was given for.
   */
  Optional<Known> known(Transaction transaction, SecretName name, SecretState candidate);

  /**
   * Keeps a state as the current one; without its value, only its MAC, when {@code keepValue} is
   * false.
   */
  void write(Transaction transaction, SecretState state, Instant confirmedAt, boolean keepValue);

  /** What an earlier request with this id made current. */
  Optional<SecretState> byRequest(Transaction transaction, String requestId);

  /** Keeps which state a request made current. */
  void keepRequest(Transaction transaction, String requestId, SecretState state);

  /** What a request with this id was for, whatever it did. */
  Optional<Requested> requestedFor(Transaction transaction, String requestId);

  /** Keeps that a request was done which made nothing current. */
  void keepRequest(Transaction transaction, String requestId, Requested requested);

  /**
   * Forgets the values of versions that the backend took away, by its texts for them.
   *
   * @param newest whether the value of the current one is forgotten with them
   */
  void forget(
      Transaction transaction, SecretName name, List<String> backendVersions, boolean newest);

  /** The secrets whose current version was forgotten, and of which none was written since. */
  Set<SecretName> withdrawn(Transaction transaction);

  /** Whether this one is among the {@link #withdrawn}. */
  boolean isWithdrawn(Transaction transaction, SecretName name);

  /**
   * The names of which a current state is kept with its value and that begin with {@code prefix},
   * in order.
   */
  List<SecretName> names(Transaction transaction, String prefix);

  /** A kept state and when the backend last confirmed it. */
  record Stored(SecretState state, Instant confirmedAt) {}

  /** The last id given, and whether it was given for an equal value. */
  record Known(StateId id, boolean sameValue) {}
}
