package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.store.sqlite.OfflineAudit;
import java.util.Optional;

/** Recomputes the audit chain of a store that no agent uses. */
final class AuditVerifyCommand {

  private AuditVerifyCommand() {}

  static int run(Arguments arguments) {
    Optional<AgentConfig> config = Configuration.orProblems(arguments);
    if (config.isEmpty()) {
      return Main.WRONG_USAGE;
    }
    AuditVerification found =
        OfflineAudit.verify(config.get().agent().stateDir(), Configuration.stateKey(config.get()));
    return switch (found) {
      case AuditVerification.Intact intact -> {
        System.out.println("The audit is intact: " + intact.records() + " records.");
        yield Main.OK;
      }
      case AuditVerification.Broken broken -> {
        System.out.println(
            "The audit is broken at record " + broken.sequence() + ": " + broken.problem() + ".");
        yield Main.FAILED;
      }
    };
  }
}
