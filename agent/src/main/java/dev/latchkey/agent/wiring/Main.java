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

  /** Ended in order, but for a file that should have gone and is there; other commands never do. */
  static final int NOT_LEFT = 8;

  private Main() {}

  /** Runs one command; the exit code is the process's, whatever threads are left. */
  public static void main(String[] words) {
    System.exit(run(List.of(words)));
  }

  private static int run(List<String> words) {
    try {
      Arguments arguments = Arguments.parse(words);
      if (arguments.help()) {
        System.out.print(Usage.of(words));
        return OK;
      }
      if (arguments.quitAfter().isPresent() && !arguments.command().equals(List.of("agent"))) {
        return wrongUsage("--quit-after goes with agent only", words);
      }
      if (arguments.check() && !arguments.command().equals(List.of("render"))) {
        return wrongUsage("--check goes with render only", words);
      }
      return switch (String.join(" ", arguments.command())) {
        case "agent" -> AgentCommand.run(arguments);
        case "validate" -> ValidateCommand.run(arguments);
        case "render" -> RenderCommand.run(arguments);
        case "audit verify" -> AuditVerifyCommand.run(arguments);
        case "state backup" -> StateBackupCommand.run(arguments);
        case "state restore" -> StateRestoreCommand.run(arguments);
        default -> wrongUsage("no such command: " + String.join(" ", arguments.command()), words);
      };
    } catch (Arguments.Wrong wrong) {
      return wrongUsage(wrong.problem(), words);
    } catch (SecretException failure) {
      System.err.println("latchkey: " + failure.safeMessage());
      return FAILED;
    } catch (RuntimeException | Error unexpected) {
      System.err.println("latchkey: internal failure: " + Unexpected.trail(unexpected));
      return FAILED;
    }
  }

  private static int wrongUsage(String problem, List<String> words) {
    System.err.println("latchkey: " + problem);
    System.err.print(Usage.of(words));
    return WRONG_USAGE;
  }
}
