package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.FakeAgent;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** From before the configuration is read until the last bean is gone. */
final class LifeTest extends RunningApplications {

  @Test
  void aChangeDuringTheStartIsToldWhenTheApplicationHasStarted() {
    agent.put("orders-db", "password", "one");
    ChangedMeanwhile.CHANGE.set(() -> agent.put("orders-db", "password", "two"));
    ConfigurableApplicationContext context =
        run(ChangedMeanwhile.class, "mail.password", "${latchkey:orders-db#password}");
    ChangedMeanwhile bean = context.getBean(ChangedMeanwhile.class);
    await().until(() -> bean.events.contains("orders-db"));
  }

  @Test
  void placeholdersThatAreReadWithTheConfigurationItselfAreResolvedToo() throws Exception {
    agent.put("app/cfg", "directory", directory.toString());
    Files.writeString(
        directory.resolve("more.properties"),
        "mail.password=${latchkey:orders-db#password}\nlatchkey.socket="
            + directory.resolve("second.sock"));
    try (FakeAgent second = new FakeAgent(directory.resolve("second.sock"))) {
      second.put("app/cfg", "directory", directory.toString());
      second.put("orders-db", "password", "of the second");
      SpringApplication spring = new SpringApplication(ApplicationTest.Plain.class);
      spring.setWebApplicationType(WebApplicationType.NONE);
      spring.setDefaultProperties(Map.of("latchkey.socket", agent.socket().toString()));
      ConfigurableApplicationContext context =
          spring.run("--spring.config.import=file:${latchkey:app/cfg#directory}/more.properties");
      contexts.add(context);
      assertThat(context.getEnvironment().getProperty("mail.password"))
          .as("from the agent that the whole configuration names")
          .isEqualTo("of the second");
      await("the client from before to be closed").until(() -> agent.watches() == 0);
    }
  }

  @Test
  void whatCannotBeReadForTheConfigurationItselfEndsTheStart() {
    agent.deny("app/cfg");
    assertThatThrownBy(
            () ->
                run(
                    ApplicationTest.Plain.class,
                    "spring.config.import",
                    "optional:file:${latchkey:app/cfg#directory}/more.properties"))
        .hasStackTraceContaining("The policy refuses it");
    await("the client of the failed start to be closed").until(() -> agent.watches() == 0);
  }

  @Test
  void aRunnerThatNeverReturnsIsToldOfChanges() {
    agent.put("orders-db", "password", "one");
    MainLoop.CHANGE.set(() -> agent.put("orders-db", "password", "two"));
    ConfigurableApplicationContext context =
        run(MainLoop.class, "mail.password", "${latchkey:orders-db#password}");
    assertThat(context.getBean(MainLoop.class).seen).isEqualTo("two");
  }

  @Test
  void whatIsStillAtWorkWhileTheContextClosesReads() {
    agent.put("orders-db", "password", "one");
    agent.put("late", "value", "first read at the end");
    ConfigurableApplicationContext context =
        run(AtWork.class, "mail.password", "${latchkey:orders-db#password}");
    AtWork atWork = context.getBean(AtWork.class);
    context.close();
    assertThat(atWork.seen)
        .containsExactly("drain: one first read at the end", "destroy: one first read at the end");
    await().until(() -> agent.watches() == 0);
  }

  @Test
  void theStartFailsAndSaysWhichPropertyAsksForWhat() {
    agent.put("orders-db", "username", "hunter2-marker");
    agent.deny("other");
    assertThatThrownBy(
            () ->
                run(
                    ApplicationTest.Told.class,
                    "mail.password",
                    "${latchkey:orders-db#password}",
                    "mail.key",
                    "${latchkey:other#key}"))
        .isInstanceOfSatisfying(
            LatchkeyException.class,
            failure -> {
              FailureAnalysis analysis =
                  Objects.requireNonNull(new LatchkeyFailureAnalyzer().analyze(failure));
              assertThat(analysis.getDescription())
                  .contains("mail.password asks for the secret orders-db, field password")
                  .contains("it has [username]")
                  .contains("mail.key asks for the secret other")
                  .doesNotContain("hunter2-marker");
              assertThat(analysis.getAction()).isNotBlank();
            });
    await("the client of the failed start to be closed").until(() -> agent.watches() == 0);
  }

  @Test
  void aSecretThatNeverComesIsWaitedForNoLongerThanTheTimeLimit() {
    assertThatThrownBy(
            () ->
                run(
                    ApplicationTest.Told.class,
                    "latchkey.timeout",
                    "200ms",
                    "mail.password",
                    "${latchkey:never#password}"))
        .hasMessageContaining("mail.password asks for the secret never");
  }

  @Test
  void theClientEndsWithItsContextAndWithNoOther() {
    agent.put("orders-db", "password", "one");
    ConfigurableApplicationContext parent =
        run(ApplicationTest.Plain.class, "mail.password", "${latchkey:orders-db#password}");
    try (var child =
        new org.springframework.context.annotation.AnnotationConfigApplicationContext()) {
      child.setParent(parent);
      child.register(ApplicationTest.Plain.class);
      child.refresh();
    }
    assertThat(parent.getEnvironment().getProperty("mail.password")).isEqualTo("one");
    parent.close();
    await().until(() -> agent.watches() == 0);
    assertThatThrownBy(() -> parent.getEnvironment().getProperty("mail.password"))
        .hasMessageContaining("closed");
  }

  /** An application whose main loop is a runner, which Spring Boot waits for. */
  @Configuration(proxyBeanMethods = false)
  static class MainLoop implements CommandLineRunner {

    static final AtomicReference<Runnable> CHANGE = new AtomicReference<>(() -> {});
    final List<String> events = new CopyOnWriteArrayList<>();
    volatile String seen = "";
    private final Environment environment;

    MainLoop(Environment environment) {
      this.environment = environment;
    }

    @EventListener
    void changed(LatchkeyChangedEvent event) {
      events.add(event.secret());
    }

    @Override
    public void run(String... arguments) {
      Objects.requireNonNull(CHANGE.get()).run();
      await().until(() -> events.contains("orders-db"));
      seen = environment.getRequiredProperty("mail.password");
    }
  }

  /** An application that ends its work only while its context closes. */
  @Configuration(proxyBeanMethods = false)
  static class AtWork implements SmartLifecycle, DisposableBean {

    final List<String> seen = new CopyOnWriteArrayList<>();
    private final Environment environment;
    private final ReferencedSecrets secrets;
    private volatile boolean running;

    AtWork(Environment environment, ReferencedSecrets secrets) {
      this.environment = environment;
      this.secrets = secrets;
    }

    private void read(String when) {
      seen.add(
          when
              + ": "
              + environment.getProperty("mail.password")
              + " "
              + secrets.credential("late").text("value"));
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      read("drain");
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public void destroy() {
      read("destroy");
    }
  }

  /** An application whose secret changes before it has started. */
  @Configuration(proxyBeanMethods = false)
  static class ChangedMeanwhile {

    static final AtomicReference<Runnable> CHANGE = new AtomicReference<>(() -> {});
    final List<String> events = new CopyOnWriteArrayList<>();

    ChangedMeanwhile(Environment environment) {
      Objects.requireNonNull(CHANGE.get()).run();
      await().until(() -> "two".equals(environment.getProperty("mail.password")));
    }

    @EventListener
    void changed(LatchkeyChangedEvent event) {
      events.add(event.secret());
    }
  }
}
