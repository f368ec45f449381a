package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
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
import org.springframework.context.event.EventListener;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;

/** Applications with Spring Cloud's context, and what becomes of their beans. */
abstract class CloudApplications extends RunningApplications {

  @BeforeEach
  void put() {
    agent.put("app/mail", "password", "one");
    agent.put("app/port", "number", "25");
  }

  ConfigurableApplicationContext context() {
    return contexts.get(0);
  }

  /** Until the application knows it too. */
  void withdraw(String secret) {
    agent.withdraw(secret);
    ReferencedSecrets secrets = context().getBean(ReferencedSecrets.class);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> secrets.credential(secret))
                    .hasMessageContaining("There is no secret"));
  }

  /** What was set by setters, then what the bean of the refresh scope was made with. */
  String all() {
    return context().getBean(Early.class).getPort()
        + " "
        + context().getBean(Settings.class).getPassword()
        + " "
        + context().getBean(Mailer.class).password();
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
