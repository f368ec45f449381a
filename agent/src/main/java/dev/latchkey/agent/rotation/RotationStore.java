package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * Keeps rotations, their candidates sealed with the rotation's id and the secret's name as
 * associated data. One that cannot be opened is answered as none, so that a spoiled row stands in
 * the way of its own rotation alone. Called on the store's thread.
 */
public interface RotationStore {

  /** Keeps {@code rotation} in place of the one of that id. */
  void save(Transaction transaction, RotationRecord rotation);

  /**
   * Every rotation of a secret that has not {@linkplain RotationRecord#ended ended}, in the order
   * in which they began.
   */
  List<RotationRecord> open(Transaction transaction, SecretName name);

  /** The newest {@code limit} rotations of a secret, newest first; ended ones too. */
  List<RotationRecord> history(Transaction transaction, SecretName name, int limit);

  /** The rotation of that secret that a request with this id began. */
  Optional<RotationRecord> byRequest(Transaction transaction, SecretName name, String requestId);
}
