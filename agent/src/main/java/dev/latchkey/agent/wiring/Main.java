package dev.latchkey.agent.wiring;

import dev.latchkey.agent.secret.SecretException;
import java.util.List;

/**
 * The agent's program: {@code agent} runs it; {@code validate}, {@code render}, {@code audit
 * verify}, {@code state backup} and {@code state restore} work without one.
 */
public final class Main {

  static final int OK = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private static final String USAGE =
      """
      latchkey agent [--config FILE] [--dev] [--quit-after PID]
                                                   run the agent
      latchkey validate [FILE] [--dev]             check the configuration and end
      latchkey render --check [--config FILE] [TEMPLATE…]
                                                   check templates and end
      latchkey state backup FILE [--config FILE]   copy the state, sealed; no agent may run
      latchkey state restore BACKUP [--config FILE]
                                                   put a backup in place, under a new epoch
      latchkey audit verify [--config FILE]        recompute the audit chain; no agent may run

        --json          tell what was found as JSON, with the keys of the running agent's answers
        --config FILE   the configuration; /etc/latchkey/latchkey.yml unless --dev stands alone
        --dev           let the agent's own user ask, and make a missing key file; without --config,
                        an agent for yourself on embedded defaults
        --quit-after PID  end, with code 0, when this process has ended

      Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
      """;

  private Main() {}

  /** Runs one command; the exit code is the process's, whatever threads are left. */
  public static void main(String[] words) {
    System.exit(run(List.of(words)));
  }

  private static int run(List<String> words) {
    try {
      Arguments arguments = Arguments.parse(words);
      if (arguments.help()) {
        System.out.print(USAGE);
        return OK;
      }
      if (arguments.quitAfter().isPresent() && !arguments.command().equals(List.of("agent"))) {
        return wrongUsage("--quit-after goes with agent only");
      }
      if (arguments.check() && !arguments.command().equals(List.of("render"))) {
        return wrongUsage("--check goes with render only");
      }
      return switch (String.join(" ", arguments.command())) {
        case "agent" -> AgentCommand.run(arguments);
        case "validate" -> ValidateCommand.run(arguments);
        case "render" -> RenderCommand.run(arguments);
        case "audit verify" -> AuditVerifyCommand.run(arguments);
        case "state backup" -> StateBackupCommand.run(arguments);
        case "state restore" -> StateRestoreCommand.run(arguments);
        default -> wrongUsage("no such command: " + String.join(" ", arguments.command()));
      };
    } catch (Arguments.Wrong wrong) {
      return wrongUsage(wrong.problem());
    } catch (SecretException failure) {
      System.err.println("latchkey: " + failure.safeMessage());
      return FAILED;
    } catch (RuntimeException | Error unexpected) {
      System.err.println("latchkey: internal failure: " + Unexpected.trail(unexpected));
      return FAILED;
    }
  }

  private static int wrongUsage(String problem) {
    System.err.println("latchkey: " + problem);
    System.err.print(USAGE);
    return WRONG_USAGE;
  }
}
