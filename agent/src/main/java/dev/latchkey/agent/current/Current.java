package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is current. Safe for use by several threads; what is marked so is safe on the event loop.
 */
public interface Current {

  /** The store's lineage. Safe on the event loop. */
  Epoch epoch();

  /**
   * What is held and usable now, fresh or stale; empty when it must be loaded. Safe on the event
   * loop.
   */
  Optional<Held> peek(SecretName name);

  /** What is held, usable or not; for judging, never for answering. Safe on the event loop. */
  default Optional<Held> held(SecretName name) {
    return peek(name);
  }

  /**
   * What is current, loaded when it is not held. Blocks; on a virtual thread only.
   *
   * @throws dev.latchkey.agent.secret.SecretException when nothing usable can be had: UNAVAILABLE
   *     past {@code max_stale}, LEASE_EXPIRED past a lease, or what the backend said
   */
  Held read(SecretName name);

  /** One version, by the backend's own text for it. Blocks. */
  SecretState readVersion(SecretName name, String backendVersion);

  /** One version by its number, from the store. Blocks. */
  Optional<SecretState> version(SecretName name, long version);

  /** The newest versions kept of a secret, newest first. Blocks. */
  List<SecretState> history(SecretName name, int limit);

  /**
   * The one door: version, value, the row in {@code alongside} and the audit record in one
   * transaction; then the held value is replaced; then the listeners are woken. Blocks.
   *
   * @throws dev.latchkey.agent.secret.SecretException CONFLICT when the expected version is not
   *     current
   */
  Published publish(Change change, Alongside alongside);

  /**
   * Notes what an operator did to versions at the backend: what was taken away is forgotten, with
   * the audit record and the request in one transaction; where the newest was taken, nothing is
   * held or current any more, and the listeners are told. Blocks.
   */
  void withdraw(Withdrawal withdrawal);

  /**
   * The secrets whose newest version an operator took away, also in an earlier life of the agent,
   * and of which nothing became current since. Blocks.
   */
  Set<SecretName> withdrawn();

  /** What an earlier request with this id was for; empty for none. Blocks. */
  Optional<Requested> requestedFor(String requestId);

  /**
   * Notes that the backend confirmed the held value just now. Writes nothing unless it was stale:
   * that turn raises the revision.
   */
  void confirm(SecretName name);

  /**
   * Notes that the backend could not confirm the held value when it was due. The first time raises
   * the revision; later ones write nothing.
   */
  void turnStale(SecretName name, String why);

  /**
   * Notes that the secret manager answered that there is no such secret or version any more, and
   * tells the listeners. What is held stays as it is.
   */
  default void missing(SecretName name) {}

  /**
   * Why the secret was last found stale or unavailable; empty when it is fresh. Safe on the event
   * loop.
   */
  String reason(SecretName name);

  /** Tells {@code listener} of every change from now on, until the result is closed. */
  AutoCloseable listen(ChangeListener listener);
}
