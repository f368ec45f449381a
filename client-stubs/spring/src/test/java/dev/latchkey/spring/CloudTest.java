package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.CapturedLog;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.cloud.context.properties.ConfigurationPropertiesBeans;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** An application with Spring Cloud's context: its beans follow without a word of their own. */
final class CloudTest extends RunningApplications {

  @BeforeEach
  void put() {
    agent.put("app/mail", "password", "one");
    agent.put("app/port", "number", "25");
  }

  private ConfigurableApplicationContext context() {
    return contexts.get(0);
  }

  /** Until the application knows it too. */
  private void withdraw(String secret) {
    agent.withdraw(secret);
    ReferencedSecrets secrets = context().getBean(ReferencedSecrets.class);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> secrets.credential(secret))
                    .hasMessageContaining("There is no secret"));
  }

  /** What was set by setters, then what the bean of the refresh scope was made with. */
  private String all() {
    return context().getBean(Early.class).getPort()
        + " "
        + context().getBean(Settings.class).getPassword()
        + " "
        + context().getBean(Mailer.class).password();
  }

  @Test
  void settingsAreSetAnewAndBeansOfTheRefreshScopeAreMadeAgain() {
    run(Application.class, "mail.password", "${latchkey:app/mail#password}");
    assertThat(all()).isEqualTo("0 one one");
    agent.put("app/mail", "password", "two");
    await().until(() -> all().equals("0 two two"));
  }

  @Test
  void aBeanThatNamesASecretInAnAnnotationAloneIsMadeAgainOnceAllCanBeRead() {
    run(Application.class, "mail.password", "plain");
    Direct direct = context().getBean(Direct.class);
    assertThat(direct.port()).isEqualTo("25");
    agent.put("app/port", "number", "26");
    await().until(() -> direct.port().equals("26"));

    agent.put("app/other", "value", "x");
    assertThat(context().getBean(ReferencedSecrets.class).credential("app/other")).isNotNull();
    withdraw("app/port");
    agent.put("app/other", "value", "y");
    await().until(() -> context().getBean(Application.class).events.contains("app/other"));
    assertThat(direct.port()).as("beans keep what they have").isEqualTo("26");
    agent.put("app/port", "number", "27");
    await().until(() -> direct.port().equals("27"));
  }

  @Test
  void aChangeWhileAnotherSecretCannotBeReadSetsNothingUntilItCan() {
    run(
        Application.class,
        "mail.password",
        "${latchkey:app/mail#password}",
        "early.port",
        "${latchkey:app/port#number}");
    assertThat(all()).isEqualTo("25 one one");
    withdraw("app/port");
    agent.put("app/mail", "password", "two");
    Application told = context().getBean(Application.class);
    await().until(() -> told.events.contains("app/mail"));
    assertThat(all()).as("beans keep what they have").isEqualTo("25 one one");
    assertThat(context().getEnvironment().getProperty("mail.password")).isEqualTo("two");
    told.events.clear();
    agent.put("app/port", "number", "26");
    await().until(() -> all().equals("26 two two"));
    await("what reads the settings").until(() -> told.events.contains("app/mail"));
  }

  @Test
  void settingsThatCannotBeSetHinderNoOthersAndNoValueIsLogged() {
    run(
        Application.class,
        "mail.password",
        "${latchkey:app/mail#password}",
        "early.port",
        "${latchkey:app/port#number}");
    try (CapturedLog log = CapturedLog.of("")) {
      agent.put("app/port", "number", "hunter2-marker");
      agent.put("app/mail", "password", "two");
      await().until(() -> all().endsWith(" two two"));
      await().until(() -> context().getBean(Application.class).events.contains("app/mail"));
      await().until(() -> log.text().contains("early.port"));
      assertThat(log.text()).doesNotContain("hunter2-marker");
    }
    agent.put("app/port", "number", "26");
    await().until(() -> all().equals("26 two two"));
  }

  @Test
  void whatIsTriedAgainIsWhatFailedAndAnEventIsPublishedOnce() {
    run(
        Refusing.class,
        "mail.password",
        "${latchkey:app/mail#password}",
        "early.port",
        "${latchkey:app/port#number}");
    Early early = context().getBean(Early.class);
    Settings settings = context().getBean(Settings.class);
    Refusing refusing = context().getBean(Refusing.class);
    agent.put("app/port", "number", "no number");
    await().until(() -> early.ended.get() >= 5);
    assertThat(settings.ended.get()).as("of healthy settings").isBetween(1, 2);
    assertThat(refusing.told).hasValue(1);
    agent.put("app/port", "number", "26");
    await().until(() -> all().equals("26 one one"));
  }

  @Test
  void aSecretThatNoPropertyRefersToAnyMoreHoldsUpNothing() {
    agent.put("app/next", "password", "three");
    run(Application.class, "mail.password", "${latchkey:app/mail#password}");
    assertThat(all()).isEqualTo("0 one one");
    ConfigurableEnvironment environment = context().getEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "server", Map.of("mail.password", "${latchkey:app/next#password}")));
    assertThat(environment.getProperty("mail.password")).isEqualTo("three");
    withdraw("app/mail");
    agent.put("app/next", "password", "four");
    await().until(() -> all().equals("0 four four"));
  }

  @Test
  void aSecretThatWasLookedUpOnceOutsideOfAnyBeanHoldsUpNothing() {
    agent.put("app/feature", "key", "x");
    run(Application.class, "mail.password", "${latchkey:app/mail#password}");
    assertThat(all()).isEqualTo("0 one one");
    assertThat(context().getEnvironment().getProperty("latchkey:app/feature#key")).isEqualTo("x");
    withdraw("app/feature");
    agent.put("app/mail", "password", "two");
    await().until(() -> all().equals("0 two two"));
  }

  @Test
  void aSecretOfABeanThatIsNeverMadeAgainHoldsUpNothing() {
    agent.put("app/feature", "key", "x");
    run(Featured.class, "mail.password", "${latchkey:app/mail#password}");
    assertThat(all() + " " + context().getBean("feature")).isEqualTo("0 one one x");
    withdraw("app/feature");
    agent.put("app/mail", "password", "two");
    await().until(() -> all().equals("0 two two"));
  }

  @Test
  void aBeanHoldsUpTheOthersAlsoWhereSomebodyElseLookedUpItsSecretFirst() {
    run(Application.class, "mail.password", "${latchkey:app/mail#password}");
    ConfigurableEnvironment environment = context().getEnvironment();
    assertThat(environment.resolvePlaceholders("${latchkey:app/port#number}")).isEqualTo("25");
    Direct direct = context().getBean(Direct.class);
    assertThat(direct.port()).isEqualTo("25");
    withdraw("app/port");
    agent.put("app/mail", "password", "two");
    await().until(() -> context().getBean(Application.class).events.contains("app/mail"));
    assertThat(direct.port() + " " + all()).isEqualTo("25 0 one one");
  }

  /** Settings that Spring sets by their setters. */
  @ConfigurationProperties("mail")
  static class Settings implements DisposableBean {
    final AtomicInteger ended = new AtomicInteger();
    private String password = "";

    @Override
    public void destroy() {
      ended.incrementAndGet();
    }

    String getPassword() {
      return password;
    }

    public void setPassword(String password) {
      this.password = password;
    }
  }

  /** Settings that not every text can become, and that are set before the others. */
  @ConfigurationProperties("early")
  static class Early implements DisposableBean {
    final AtomicInteger ended = new AtomicInteger();
    private int port;

    @Override
    public void destroy() {
      ended.incrementAndGet();
    }

    int getPort() {
      return port;
    }

    public void setPort(int port) {
      this.port = port;
    }
  }

  /** Made with the password of its time. */
  static class Mailer {
    private final String password;

    Mailer() {
      this("");
    }

    Mailer(String password) {
      this.password = password;
    }

    String password() {
      return password;
    }
  }

  /** Made with a secret that no property names. */
  static class Direct {
    private final String port;

    Direct() {
      this("");
    }

    Direct(String port) {
      this.port = port;
    }

    String port() {
      return port;
    }
  }

  /** An application with a listener that always throws. */
  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class Refusing {

    final AtomicInteger told = new AtomicInteger();

    @EventListener
    void changed(LatchkeyChangedEvent event) {
      told.incrementAndGet();
      throw new IllegalStateException(event.secret());
    }
  }

  /** An application with a bean outside of the refresh scope that an annotation gives a secret. */
  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class Featured {

    @Bean
    String feature(@Value("${latchkey:app/feature#key}") String key) {
      return key;
    }
  }

  /** What the auto-configuration of Spring Cloud would add. */
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({Early.class, Settings.class})
  static class Application {

    final List<String> events = new CopyOnWriteArrayList<>();

    @EventListener
    void changed(LatchkeyChangedEvent event) {
      events.add(event.secret());
    }

    @Bean
    @RefreshScope
    Direct direct(@Value("${latchkey:app/port#number}") String port) {
      return new Direct(port);
    }

    @Bean
    @RefreshScope
    Mailer mailer(@Value("${mail.password}") String password) {
      return new Mailer(password);
    }

    @Bean
    static org.springframework.cloud.context.scope.refresh.RefreshScope refreshScope() {
      return new org.springframework.cloud.context.scope.refresh.RefreshScope();
    }

    @Bean
    static ConfigurationPropertiesBeans settings() {
      return new ConfigurationPropertiesBeans();
    }

    @Bean
    static ConfigurationPropertiesRebinder rebinder(ConfigurationPropertiesBeans settings) {
      return new ConfigurationPropertiesRebinder(settings);
    }

    @Bean
    static PropertySourcesPlaceholderConfigurer placeholders() {
      return new PropertySourcesPlaceholderConfigurer();
    }
  }
}
