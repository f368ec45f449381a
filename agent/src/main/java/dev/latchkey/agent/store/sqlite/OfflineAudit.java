package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.audit.AuditVerifier;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Verifies the audit of a state directory without the agent; one that runs is not disturbed. */
public final class OfflineAudit {

  private OfflineAudit() {}

  /** Recomputes the chain as it is on the disk now. Blocks. */
  public static AuditVerification verify(Path directory, Function<byte[], StateKey> key) {
    if (!Files.exists(StateDirectory.database(directory))) {
      throw SecretException.of(
          Reason.NOT_FOUND,
          "there is no state store in " + directory + "; name the state directory");
    }
    try (SqliteStore store = SqliteStore.openForReading(directory, key)) {
      return store.call(new AuditVerifier(store.audit(), store.sealer(), store.auditKey())::verify);
    }
  }
}
