package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.management.Json;
import dev.latchkey.agent.store.sqlite.OfflineAudit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recomputes the audit chain of a store that no agent uses. */
final class AuditVerifyCommand {

  private AuditVerifyCommand() {}

  static int run(Arguments arguments) {
    return Configuration.with(arguments, config -> verify(config, arguments.json()));
  }

  private static int verify(AgentConfig config, boolean json) {
    AuditVerification found =
        OfflineAudit.verify(config.agent().stateDir(), Configuration.stateKey(config));
    System.out.println(json ? Json.write(tree(found)) : words(found));
    return switch (found) {
      case AuditVerification.Intact intact -> Main.OK;
      case AuditVerification.Broken broken -> Main.FAILED;
    };
  }

  private static String words(AuditVerification found) {
    return switch (found) {
      case AuditVerification.Intact intact ->
          "The audit is intact: " + intact.records() + " records.";
      case AuditVerification.Broken broken ->
          "The audit is broken at record " + broken.sequence() + ": " + broken.problem() + ".";
    };
  }

  private static Map<String, Object> tree(AuditVerification found) {
    return switch (found) {
      case AuditVerification.Intact intact -> tree(true, intact.records(), 0, "");
      case AuditVerification.Broken broken ->
          tree(false, broken.records(), broken.sequence(), broken.problem());
    };
  }

  /** With the keys of the contract's VerifyAuditResponse. */
  private static Map<String, Object> tree(
      boolean intact, long records, long brokenSequence, String problem) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("intact", intact);
    tree.put("records", records);
    tree.put("broken_sequence", brokenSequence);
    tree.put("problem", problem);
    return tree;
  }
}
