package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Waits until the agent is there and ready, and the named secrets are fresh. Asks for no value, so
 * it is no holder.
 */
@Command(
    description = {
      "Waits until the agent is there and ready, and the named secrets are fresh and files"
          + " written.",
      "Asks the operator socket where this user may, else the application socket. Ends with code 0"
          + " when all is there, 5 when it was not in time (60 s, or --timeout), 3 when denied,"
          + " 4 when a name is not declared."
    })
final class Wait extends AgentCommand {
  private static final Duration USUAL = Duration.ofSeconds(60);

  @Option(
      names = "--for",
      paramLabel = "NAME",
      split = ",",
      arity = "1..*",
      description = "Secrets that must be fresh, and files, as file:NAME, that must be written.")
  private List<String> names = List.of();

  private boolean operates;

  /**
   * The agent's own user is denied on the application socket, which is there a moment before the
   * operator's: what is denied is asked once more.
   */
  private boolean deniedBefore;

  @Override
  public ExitCode run() {
    Patience patience = new Patience("wait", terminal().err(), timeoutOr(USUAL));
    WaitByStatus status = new WaitByStatus(this, patience);
    WaitByWatch watch = new WaitByWatch(this, patience);
    Set<String> wanted = new LinkedHashSet<>(names);
    while (true) {
      String missing = missing(wanted, status, watch);
      if (missing.isEmpty()) {
        break;
      }
      patience.pause(missing);
    }
    if (json()) {
      printJson(Map.of("ready", true, "fresh", List.copyOf(wanted)));
    }
    return ExitCode.OK;
  }

  /** What is missing now, with the reason; empty when nothing is. */
  private String missing(Set<String> wanted, WaitByStatus status, WaitByWatch watch) {
    if (mayOperate() != operates) {
      operates = !operates;
      reconnect();
    }
    try {
      return operates ? status.missing(wanted) : watch.missing(wanted);
    } catch (StatusRuntimeException e) {
      return mayPass(StatusFailures.of(e.getStatus(), socketInUse()));
    } catch (CommandFailure e) {
      return mayPass(e);
    }
  }

  /** The failure as what is waited for, where time may heal it. */
  private String mayPass(CommandFailure failure) {
    boolean mayHeal = failure.mayPass();
    if (!mayHeal && (failure.exitCode() != ExitCode.DENIED || operates || deniedBefore)) {
      throw failure;
    }
    deniedBefore = !mayHeal;
    reconnect();
    return "the agent (" + failure.what() + ")";
  }
}
