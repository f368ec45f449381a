package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import io.micronaut.context.ApplicationContext;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Runs the agent until it is told to end. */
final class AgentCommand {

  private AgentCommand() {}

  static int run(Arguments arguments) {
    Optional<AgentConfig> config = Configuration.orProblems(arguments);
    if (config.isEmpty()) {
      return Main.WRONG_USAGE;
    }
    CountDownLatch ended = new CountDownLatch(1);
    try (ApplicationContext context = host(config.get())) {
      Agent agent = context.getBean(Agent.class);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent, ended), "latchkey-stop"));
      agent.start();
      System.out.println(agent.greeting());
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Main.OK;
  }

  private static void end(Agent agent, CountDownLatch ended) {
    agent.close();
    ended.countDown();
  }

  private static ApplicationContext host(AgentConfig config) {
    return ApplicationContext.builder()
        .banner(false)
        .deduceEnvironment(false)
        .bootstrapEnvironment(false)
        .environmentPropertySource(false)
        .singletons(config)
        .start();
  }
}
