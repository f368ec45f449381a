package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.placeholder.ReferencedSecrets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** What cannot be read holds up the changes of other secrets, for as long as beans need it. */
final class HeldUpChangesTest extends CloudApplications {

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

  /** An application with a bean outside of the refresh scope that an annotation gives a secret. */
  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class Featured {

    @Bean
    String feature(@Value("${latchkey:app/feature#key}") String key) {
      return key;
    }
  }
}
