package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.cloud.context.properties.ConfigurationPropertiesBeans;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;

/** An application with Spring Cloud's context: its beans follow without a word of their own. */
final class CloudTest {

  @TempDir Path directory;

  @Test
  void settingsAreSetAnewAndBeansOfTheRefreshScopeAreMadeAgain() throws Exception {
    try (FakeAgent agent = new FakeAgent(directory.resolve("agent.sock"))) {
      agent.put("app/mail", "password", "one");
      SpringApplication spring = new SpringApplication(Application.class);
      spring.setWebApplicationType(WebApplicationType.NONE);
      try (ConfigurableApplicationContext context =
          spring.run(
              "--latchkey.socket=" + agent.socket(),
              "--mail.password=${latchkey:app/mail#password}")) {
        Settings settings = context.getBean(Settings.class);
        Mailer mailer = context.getBean(Mailer.class);
        assertThat(settings.getPassword() + mailer.password()).isEqualTo("oneone");
        agent.put("app/mail", "password", "two");
        await().until(() -> (settings.getPassword() + mailer.password()).equals("twotwo"));
      }
    }
  }

  /** Settings that Spring sets by their setters. */
  @ConfigurationProperties("mail")
  static class Settings {
    private String password = "";

    String getPassword() {
      return password;
    }

    public void setPassword(String password) {
      this.password = password;
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

  /** What the auto-configuration of Spring Cloud would add. */
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(Settings.class)
  static class Application {

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
