package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration.RefreshProperties;
import org.springframework.cloud.context.refresh.ConfigDataContextRefresher;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The configuration that Spring Cloud reads again, as {@code /actuator/refresh} has it done. */
final class ReadAgainTest extends RunningApplications {

  @Test
  void placeholdersThatAreReadWithTheConfigurationItselfAreResolvedThenToo() throws Exception {
    Path file = directory.resolve("more.properties");
    Files.writeString(file, "mail.sender=first\nmail.password=${latchkey:app/cfg#directory}");
    agent.put("app/cfg", "directory", directory.toString());
    ConfigurableApplicationContext context =
        run(
            Application.class,
            "spring.config.import",
            "file:${latchkey:app/cfg#directory}/more.properties");
    assertThat(context.getEnvironment().getProperty("mail.sender")).isEqualTo("first");
    Files.writeString(file, "mail.sender=second\nmail.password=${latchkey:app/cfg#directory}");
    assertThat(context.getBean(ContextRefresher.class).refresh()).containsExactly("mail.sender");
    assertThat(context.getEnvironment().getProperty("mail.sender")).isEqualTo("second");
    assertThat(context.getEnvironment().getProperty("mail.password"))
        .isEqualTo(directory.toString());
    assertThat(LatchkeyPropertySource.of(context.getEnvironment())).isNotNull();
  }

  /** What the auto-configuration of Spring Cloud would add. */
  @Configuration(proxyBeanMethods = false)
  static class Application {

    @Bean
    static RefreshScope refreshScope() {
      return new RefreshScope();
    }

    @Bean
    ContextRefresher refresher(ConfigurableApplicationContext context, RefreshScope scope) {
      return new ConfigDataContextRefresher(context, scope, new RefreshProperties());
    }
  }
}
