package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

final class ApplicationTest extends RunningApplications {

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
}
