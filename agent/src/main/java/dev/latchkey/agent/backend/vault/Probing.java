package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.util.Optional;

/**
 * Reads below a mount that the server would not tell of: first as of the key-value engine with
 * versions, at the first segment, whose answers nobody else's look like; then as the path stands.
 * Safe for use by several threads.
 */
final class Probing {

  private final AuthorisedCalls calls;
  private final Mounts mounts;
  private final KeyValues keyValues;
  private final Reads reads;

  Probing(AuthorisedCalls calls, Mounts mounts, KeyValues keyValues, Reads reads) {
    this.calls = calls;
    this.mounts = mounts;
    this.keyValues = keyValues;
    this.reads = reads;
  }

  /** Reads, and keeps what the answer shows about the mount. */
  BackendRead read(Mount guess, String full, Optional<String> version) {
    Optional<Mount> versioned = versioned(guess, full);
    return versioned.isPresent()
        ? keyValues.read(versioned.get(), full, version)
        : reads.read(guess, full, version);
  }

  /** The mount to write to, which must be known to keep versions. */
  Mount writable(Mount guess, String full) {
    return versioned(guess, full)
        .or(() -> pointedAway(guess, full))
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW,
                    full
                        + ": Vault does not tell which engine is there; name the mount and its"
                        + " version in kv_mounts, or allow a read of sys/internal/ui/mounts"));
  }

  /**
   * Asked for a path without {@code data/}, the engine with versions says that it wants one. Asked
   * for a list, since a read of another engine's path could grant a lease that is in no ledger.
   */
  private Optional<Mount> pointedAway(Mount guess, String full) {
    return calls.ask(VaultRequest.list(full)) instanceof Answer.Refused refused
            && ServerText.texts(refused.body(), "warnings").stream()
                .anyMatch(warning -> warning.contains("versioned K/V"))
        ? Optional.of(mounts.learn(new Mount(guess.path(), Mount.Kind.KV2)))
        : Optional.empty();
  }

  private Optional<Mount> versioned(Mount guess, String full) {
    Answer answer = calls.ask(VaultRequest.read(guess.path() + "data/" + guess.rest(full)));
    boolean shown =
        switch (answer) {
          case Answer.Done done -> KeyValues.found(full, done.body()).isPresent();
          case Answer.Refused refused -> KeyValues.tellsOfVersion(refused);
        };
    return shown
        ? Optional.of(mounts.learn(new Mount(guess.path(), Mount.Kind.KV2)))
        : Optional.empty();
  }
}
