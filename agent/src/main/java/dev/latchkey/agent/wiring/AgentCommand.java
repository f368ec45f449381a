package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.machine.Uptime;
import dev.latchkey.agent.secret.SecretException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.exceptions.BeanInstantiationException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Runs the agent until it is told to end. One thread makes, starts and closes everything, so that a
 * start that is refused half-way closes what it made.
 */
final class AgentCommand {

  private AgentCommand() {}

  static int run(Arguments arguments) {
    return Configuration.with(arguments, config -> run(config, arguments.quitAfter()));
  }

  private static int run(AgentConfig config, OptionalLong quitAfter) {
    try (Stop stop = Stop.ofProcess()) {
      int code = serve(config, quitAfter, stop) ? Main.OK : Main.NOT_LEFT;
      stop.endsWith(code);
      return code;
    }
  }

  /** Whether it ended in order, and left what it delivered as it shall be left. */
  private static boolean serve(AgentConfig config, OptionalLong quitAfter, Stop stop) {
    try (Foundation foundation = Foundation.open(config);
        ApplicationContext context = host(config, foundation, stop);
        Agent agent = agent(context);
        QuitAfter accompanied = quitAfter(foundation, stop)) {
      quitAfter.ifPresent(accompanied::follow);
      agent.start();
      System.out.println(agent.greeting());
      if (quitAfter.isEmpty()) {
        config.agent().quitAfter().ifPresent(accompanied::follow);
      }
      stop.await();
      accompanied.close();
      agent.close();
      return agent.hasLeftAll();
    }
  }

  /** A thread for each reading: one that hangs holds nobody, and ends with the process. */
  private static QuitAfter quitAfter(Foundation foundation, Stop stop) {
    return new QuitAfter(
        foundation.time(),
        foundation.timers(),
        stop,
        Path.of("/proc"),
        Uptime.system(),
        reading -> {
          Thread _ = Thread.ofPlatform().daemon().name("latchkey-quit-after").start(reading);
        },
        complaint -> System.err.println("latchkey: agent.quit_after: " + complaint));
  }

  /** Makes the agent; what a factory refuses is refused here in its own words. */
  private static Agent agent(ApplicationContext context) {
    try {
      return context.getBean(Agent.class);
    } catch (BeanInstantiationException notMade) {
      for (Throwable cause = notMade; cause != null; cause = cause.getCause()) {
        if (cause instanceof SecretException refusal) {
          throw refusal;
        }
      }
      throw notMade;
    }
  }

  private static ApplicationContext host(AgentConfig config, Foundation foundation, Stop stop) {
    return ApplicationContext.builder()
        .banner(false)
        .deduceEnvironment(false)
        .bootstrapEnvironment(false)
        .environmentPropertySource(false)
        .singletons(config, foundation, stop)
        .start();
  }
}
