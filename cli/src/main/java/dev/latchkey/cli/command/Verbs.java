package dev.latchkey.cli.command;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All verbs, in the order in which the help shows them. */
public final class Verbs {
  private static final List<Verb> ALL =
      List.of(
          elsewhere("agent", "[--config FILE] [--dev]", "run the agent"),
          elsewhere("validate", "[FILE]", "check a configuration file"),
          elsewhere("render", "--check [TEMPLATE…]", "check templates of files"),
          elsewhere("demo", "[--rotations N] [--json]", "rotate a real database under load"),
          verb("get", "NAME…", "read secrets", Get::new),
          verb("list", "", "list what you may read", ListNames::new),
          verb("watch", "NAME…", "show changes as they come", Watch::new),
          verb("encrypt", "KEYRING", "encrypt standard input", Encrypt::new),
          verb("decrypt", "KEYRING", "decrypt standard input", Decrypt::new),
          verb("put", "NAME FIELD=SOURCE…", "write a secret", Put::new),
          verb("delete", "NAME [--versions V,…]", "take versions away for now", Delete::new),
          verb("undelete", "NAME --versions V,…", "bring deleted versions back", Undelete::new),
          verb("destroy", "NAME --versions V,… --yes", "end versions for good", Destroy::new),
          verb("explain", "NAME", "where a name comes from and who may use it", Explain::new),
          verb("history", "NAME", "versions and rotations of a secret", History::new),
          verb("rotate", "NAME [--plan|--recover]", "rotate a secret now", Rotate::new),
          verb("rollback", "NAME [--to VERSION]", "go back to an earlier version", Rollback::new),
          verb("adopt", "NAME --username USER", "take over an existing user", Adopt::new),
          verb(
              "target check",
              "NAME [--sql]",
              "prove the rights of the administrator",
              TargetCheckCommand::new),
          verb("lease list", "", "the leases that the agent owns", LeaseList::new),
          verb("lease revoke", "ID", "end a lease now", LeaseRevoke::new),
          verb("keyring rotate", "KEYRING", "add a key and encrypt under it", KeyringRotate::new),
          verb("audit tail", "[--follow]", "show audit records", AuditTail::new),
          verb("audit verify", "", "check the audit chain", AuditVerify::new),
          verb("state backup", "FILE", "copy the agent's state, sealed", StateBackup::new),
          elsewhere("state restore", "FILE", "restore the agent's state"),
          verb("status", "", "how the agent and its secrets are", StatusCommand::new),
          verb("exec", "--secret NAME… -- COMMAND…", "run a command with secrets", Exec::new),
          verb("wait", "[--for NAME…]", "wait until the agent is ready", Wait::new),
          verb("quit", "", "ask the agent to end", Quit::new));

  private Verbs() {}

  /** All verbs. */
  public static List<Verb> all() {
    return ALL;
  }

  /** The verb that the arguments begin with. */
  public static Optional<Verb> find(List<String> arguments) {
    return ALL.stream().filter(verb -> verb.begins(arguments)).findFirst();
  }

  /** The verbs of two words whose first is this one. */
  public static List<Verb> group(String word) {
    return ALL.stream()
        .filter(verb -> verb.words().size() == 2 && verb.words().getFirst().equals(word))
        .toList();
  }

  private static Verb verb(
      String name, String arguments, String summary, @Nullable Supplier<AgentCommand> command) {
    return new Verb(List.of(name.split(" ", -1)), arguments, summary, command);
  }

  private static Verb elsewhere(String name, String arguments, String summary) {
    return verb(name, arguments, summary, null);
  }
}
