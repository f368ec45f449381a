package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.audit.AuditVerifier;
import dev.latchkey.agent.audit.AuditWriter;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes a state store out of a backup, while no agent runs on that state directory. Blocks. */
public final class SqliteRestore {

  /** What SQLite keeps beside a file, and leaves there when its process is killed. */
  private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  private SqliteRestore() {}

  /**
   * Restores {@code backup} into {@code directory}, which must hold no state store, under a new
   * epoch, and appends that to its audit, which must be intact. A failure leaves the directory as
   * it was.
   *
   * @param directory locked by the caller, so no agent runs on it
   * @param key makes the state key, which must be the one that the backup is sealed with
   * @param now when the overlaps of its rotations begin again
   * @return the new epoch
   */
  public static Epoch restore(
      Path backup,
      StateDirectory directory,
      Function<byte[], StateKey> key,
      SecureRandom random,
      Instant now) {
    refuseEarlierStore(directory);
    Path part = directory.path().resolve("restore.db");
    try {
      clear(part);
      StateDirectory.createPrivate(part);
      try (OutputStream out = Files.newOutputStream(part)) {
        Files.copy(backup, out);
      }
      Epoch epoch;
      try (SqliteStore store = SqliteStore.openRenewed(part, key, random, now)) {
        epoch = store.epoch();
        store.run(transaction -> audit(transaction, store, now));
      }
      SqliteBackup.sync(part);
      Files.move(part, directory.database(), StandardCopyOption.ATOMIC_MOVE);
      SqliteBackup.sync(directory.path());
      return epoch;
    } catch (IOException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW, "the backup " + backup + " cannot be read or put in place", e);
    } finally {
      clearQuietly(part);
    }
  }

  /**
   * Refuses a directory with a store, or with what SQLite left beside one: it would be replayed
   * over the restored file, and is not deleted here because the earlier store may need it.
   */
  private static void refuseEarlierStore(StateDirectory directory) {
    Path database = directory.database();
    if (Files.exists(database)) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the state directory "
              + directory.path()
              + " holds a state store already; move it away first, or name another directory");
    }
    List<Path> left =
        COMPANIONS.stream()
            .map(suffix -> database.resolveSibling(database.getFileName() + suffix))
            .filter(Files::exists)
            .toList();
    if (!left.isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the state directory holds what is left of an earlier state store: "
              + left.stream().map(Path::toString).collect(Collectors.joining(", "))
              + "; move that away beside the store it belongs to, under the same new name with"
              + " the same ending");
    }
  }

  private static void audit(Transaction transaction, SqliteStore store, Instant now) {
    AuditVerifier verifier = new AuditVerifier(store.audit(), store.sealer(), store.auditKey());
    if (verifier.verify(transaction) instanceof AuditVerification.Broken broken) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the audit in the backup is broken at record "
              + broken.sequence()
              + " ("
              + broken.problem()
              + "): the backup was tampered with; restore another one");
    }
    new AuditWriter(store.audit(), store.sealer(), store.auditKey())
        .append(
            transaction,
            new AuditRecord(
                now,
                "state restore",
                "state.restore",
                "",
                0,
                AuditRecord.Outcome.DONE,
                "epoch " + store.epoch().id(),
                ""));
  }

  /** The refusal of a file that is an empty store. */
  static SecretException notABackup() {
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, "the file is no backup of a state store");
  }

  /** Removes what is left of a restore that did not end. */
  private static void clear(Path part) throws IOException {
    Files.deleteIfExists(part);
    for (String suffix : COMPANIONS) {
      Files.deleteIfExists(part.resolveSibling(part.getFileName() + suffix));
    }
  }

  private static void clearQuietly(Path part) {
    try {
      clear(part);
    } catch (IOException e) {
      // The rest of a failed restore, of mode 0600; the next one begins by removing it.
      return;
    }
  }
}
