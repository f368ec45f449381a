package dev.latchkey.acceptance;

import dev.latchkey.v1.QuitRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What ends a sidecar, and the code that it ends with. */
enum SidecarEnd {
  /** The child of {@code latchkey exec --quit-agent} ends. */
  CHILD(0),
  /** The process that {@code --quit-after} names ends. */
  PROCESS(0),
  /** The process that {@code agent.quit_after.pid_file} names ends. */
  PID_FILE(0),
  /** It is asked to, as {@code latchkey quit} does; the time of that program is not its own. */
  QUIT(0),
  /** What a kubelet and systemd do. */
  SIGTERM(143);

  /** Within which the agent is gone. */
  static final Duration LIMIT = Duration.ofSeconds(2);

  private final int code;

  SidecarEnd(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Whether the agent is told to end, and not that the job has ended. */
  boolean isTold() {
    return this == QUIT || this == SIGTERM;
  }

  /** An agent that ends so: with {@code job} where it is to see that end itself. */
  RunningAgent.Setup setup(String body, String agentSection, Job job) {
    String section =
        this == PID_FILE
            ? agentSection + "  quit_after: { pid_file: " + job.pidFile() + " }\n"
            : agentSection;
    RunningAgent.Setup setup = new RunningAgent.Setup(body, section, List.of(), "", List.of());
    String option = "exec \"$@\" --quit-after " + job.pid();
    return this == PROCESS ? setup.through(List.of("sh", "-c", option, "sh")) : setup;
  }

  /** Lets it come, and answers when that was. */
  Instant come(RunningAgent agent, Job job) throws IOException, InterruptedException {
    return switch (this) {
      case CHILD -> endOfChild(agent, job.directory());
      case PROCESS, PID_FILE -> job.end();
      case QUIT -> {
        try (Operator operator = new Operator(agent)) {
          Instant asked = Instant.now();
          var _ = operator.calls().quit(QuitRequest.getDefaultInstance());
          yield asked;
        }
      }
      case SIGTERM -> {
        Instant asked = Instant.now();
        agent.process().destroy();
        yield asked;
      }
    };
  }

  /** A child that was given {@code orders-db} notes its end, which comes soon before its exec's. */
  private static Instant endOfChild(RunningAgent agent, Path directory) throws IOException {
    Path over = directory.resolve("over");
    String child = "test -n \"$ORDERS_DB_VALUE$ORDERS_DB_PASSWORD\" && : > '%s'".formatted(over);
    agent
        .cli()
        .run("exec", "--secret", "orders-db", "--quit-agent", "--", "/bin/sh", "-c", child)
        .ok();
    return Files.getLastModifiedTime(over).toInstant();
  }
}
