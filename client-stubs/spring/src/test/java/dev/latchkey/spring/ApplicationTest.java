package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

final class ApplicationTest {

  @TempDir Path directory;
  private FakeAgent agent;
  private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    agent = new FakeAgent(directory.resolve("agent.sock"));
  }

  @AfterEach
  void stop() throws Exception {
    contexts.forEach(ConfigurableApplicationContext::close);
    agent.close();
  }

  /** Runs an application with these properties, name and value by turns. */
  private ConfigurableApplicationContext run(Class<?> application, String... properties) {
    List<String> arguments = new ArrayList<>(List.of("--latchkey.socket=" + agent.socket()));
    for (int i = 0; i < properties.length; i += 2) {
      arguments.add("--" + properties[i] + "=" + properties[i + 1]);
    }
    SpringApplication spring = new SpringApplication(application);
    spring.setWebApplicationType(WebApplicationType.NONE);
    ConfigurableApplicationContext context = spring.run(arguments.toArray(String[]::new));
    contexts.add(context);
    return context;
  }

  @Test
  void placeholdersAreResolvedWhereverSpringResolvesThem() {
    agent.put("orders-db", "username", "app", "password", "it's ${not} a \\${placeholder}");
    ConfigurableApplicationContext context =
        run(
            Told.class,
            "mail.password",
            "${latchkey:orders-db#password}",
            "mail.url",
            "smtp://${latchkey:orders-db#username}@x/${mail.password}");
    String password = "it's ${not} a \\${placeholder}";
    assertThat(context.getEnvironment().getProperty("mail.password")).isEqualTo(password);
    assertThat(context.getBean(Told.class).injected).isEqualTo(password);
    assertThat(context.getBean(Told.class).direct).isEqualTo("app");
    MailSettings settings = context.getBean(MailSettings.class);
    assertThat(settings.getPassword()).isEqualTo(password);
    assertThat(settings.getUrl()).isEqualTo("smtp://app@x/" + password);
  }

  @Test
  void aChangeIsReadAtOnceAndToldWithWhatDependsOnIt() {
    agent.put("orders-db", "username", "app", "password", "one");
    ConfigurableApplicationContext context =
        run(
            Told.class,
            "mail.password",
            "${latchkey:orders-db#password}",
            "mail.url",
            "smtp://x:${mail.password}@y",
            "mail.userName",
            "${latchkey:orders-db#username}",
            "mail.copy",
            "${mail.userName}",
            "mail.other",
            "plain");
    Told told = context.getBean(Told.class);
    MailSettings settings = context.getBean(MailSettings.class);
    agent.put("orders-db", "username", "app2", "password", "two");
    await().until(() -> !told.events.isEmpty());
    assertThat(told.events).hasSize(1);
    LatchkeyChangedEvent event = told.events.get(0);
    assertThat(event.secret()).isEqualTo("orders-db");
    assertThat(event.properties())
        .containsExactlyInAnyOrder("mail.password", "mail.url", "mail.username", "mail.copy");
    assertThat(context.getEnvironment().getProperty("mail.url")).isEqualTo("smtp://x:two@y");
    assertThat(event.toString()).doesNotContain("two");
    Credential both = context.getBean(ReferencedSecrets.class).credential("orders-db");
    assertThat(both.text("username") + " " + both.text("password")).isEqualTo("app2 two");
    assertThat(settings.getPassword())
        .as("without Spring Cloud's rebinder in the context nothing is set anew")
        .isEqualTo("one");
  }

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
      SpringApplication spring = new SpringApplication(Plain.class);
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
                    Plain.class,
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
                    Told.class,
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
                    Told.class,
                    "latchkey.timeout",
                    "200ms",
                    "mail.password",
                    "${latchkey:never#password}"))
        .hasMessageContaining("mail.password asks for the secret never");
  }

  @Test
  void whatIsNotOfTheFormNeverBecomesAValue() {
    assertThatThrownBy(() -> run(Told.class, "mail.password", "${latchkey:orders-db}"))
        .hasMessageContaining("In the property mail.password")
        .hasMessageContaining("NAME#field");
    assertThatThrownBy(
            () -> run(Told.class, "mail.password", "${latchkey:${which}#password}", "which", "x"))
        .hasMessageContaining("mail.password");
    ConfigurableApplicationContext context = run(Plain.class);
    for (String text : List.of("${latchkey:a}", "${ latchkey:a#b:c}")) {
      assertThatThrownBy(() -> context.getEnvironment().resolvePlaceholders(text))
          .as(text)
          .isInstanceOf(LatchkeyException.class);
    }
    assertThatThrownBy(() -> run(Nested.class, "which", "orders-db"))
        .hasStackTraceContaining("nothing can be nested in it");
  }

  @Test
  void whatIsOverriddenNeedsNoAgent() throws Exception {
    agent.close();
    System.setProperty("mail.password", "${latchkey:orders-db#password}");
    try {
      ConfigurableApplicationContext context = run(Plain.class, "mail.password", "plain");
      assertThat(context.getEnvironment().getProperty("mail.password")).isEqualTo("plain");
    } finally {
      System.clearProperty("mail.password");
    }
  }

  @Test
  void aDefaultIsAskedForOnlyWhereTheNameBeforeItHasNoValue() throws Exception {
    agent.put("orders-db", "password", "one");
    String text = "x-${MAIL_PW:${latchkey:orders-db#password}}";
    ConfigurableApplicationContext without = run(Plain.class, "mail.password", text);
    assertThat(without.getEnvironment().getProperty("mail.password")).isEqualTo("x-one");
    agent.close();
    ConfigurableApplicationContext with =
        run(Plain.class, "mail.password", text, "MAIL_PW", "set", "latchkey.timeout", "1s");
    assertThat(with.getEnvironment().getProperty("mail.password")).isEqualTo("x-set");
  }

  @Test
  void nothingThatListsPropertiesMeetsAValue() {
    agent.put("orders-db", "password", "hunter2-marker");
    ConfigurableApplicationContext context =
        run(Plain.class, "mail.password", "${latchkey:orders-db#password}");
    assertThat(context.getEnvironment().getProperty("mail.password")).isEqualTo("hunter2-marker");
    StringBuilder all = new StringBuilder();
    for (PropertySource<?> source : context.getEnvironment().getPropertySources()) {
      all.append(source);
      if (source instanceof EnumerablePropertySource<?> listed) {
        for (String name : listed.getPropertyNames()) {
          all.append(name).append('=').append(source.getProperty(name));
        }
      }
      assertThat(source.containsProperty("latchkey:orders-db#password")).isFalse();
    }
    assertThat(all).contains("${latchkey:orders-db#password}").doesNotContain("hunter2-marker");
    assertThat(Binder.get(context.getEnvironment()).bind("latchkey", Map.class).isBound()).isTrue();
  }

  @Test
  void theClientEndsWithItsContextAndWithNoOther() {
    agent.put("orders-db", "password", "one");
    ConfigurableApplicationContext parent =
        run(Plain.class, "mail.password", "${latchkey:orders-db#password}");
    try (var child =
        new org.springframework.context.annotation.AnnotationConfigApplicationContext()) {
      child.setParent(parent);
      child.register(Plain.class);
      child.refresh();
    }
    assertThat(parent.getEnvironment().getProperty("mail.password")).isEqualTo("one");
    parent.close();
    await().until(() -> agent.watches() == 0);
    assertThatThrownBy(() -> parent.getEnvironment().getProperty("mail.password"))
        .hasMessageContaining("closed");
  }

  @Configuration(proxyBeanMethods = false)
  static class Plain {}

  /** Settings that Spring sets by their setters. */
  @ConfigurationProperties("mail")
  static class MailSettings {
    private String url = "";
    private String password = "";

    String getUrl() {
      return url;
    }

    public void setUrl(String url) {
      this.url = url;
    }

    String getPassword() {
      return password;
    }

    public void setPassword(String password) {
      this.password = password;
    }
  }

  /** An application that notes what it is told. */
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(MailSettings.class)
  static class Told {

    @Value("${mail.password}")
    String injected = "";

    @Value("${latchkey:orders-db#username}")
    String direct = "";

    final List<LatchkeyChangedEvent> events = new CopyOnWriteArrayList<>();

    @Bean
    static PropertySourcesPlaceholderConfigurer placeholders() {
      return new PropertySourcesPlaceholderConfigurer();
    }

    @EventListener
    void changed(LatchkeyChangedEvent event) {
      events.add(event);
    }
  }

  /** An application with a name inside a name. */
  @Configuration(proxyBeanMethods = false)
  static class Nested {

    @Value("${latchkey:${which}#password}")
    String nested = "";

    @Bean
    static PropertySourcesPlaceholderConfigurer placeholders() {
      return new PropertySourcesPlaceholderConfigurer();
    }
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
