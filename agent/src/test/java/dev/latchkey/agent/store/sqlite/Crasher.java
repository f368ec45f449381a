package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.ChainedAuditLog;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.FakeTime;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process that commits version after version, says each one that was acknowledged, and is killed.
 */
final class Crasher {

  static final SecretName NAME = new SecretName("orders-db");

  private Crasher() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    OpenedStore opened = OpenedStore.open(Path.of(args[0]));
    SqliteStore store = opened.store();
    FakeTime time = new FakeTime();
    ChainedAuditLog log =
        new ChainedAuditLog(
            store,
            store.audit(),
            store.sealer(),
            store.auditKey(),
            time,
            time,
            ChainedAuditLog.WhenFull.DENY,
            10);
    for (long version = Long.parseLong(args[1]) + 1; true; version++) {
      long next = version;
      store.run(
          transaction -> {
            store
                .versions()
                .write(
                    transaction,
                    States.state(store.epoch(), NAME, next, "value " + next),
                    States.NOW,
                    true);
            log.change(
                transaction,
                new AuditRecord(
                    States.NOW,
                    "agent",
                    "put",
                    NAME.text(),
                    next,
                    AuditRecord.Outcome.DONE,
                    "",
                    ""));
          });
      out.println("acknowledged " + version);
    }
  }
}
