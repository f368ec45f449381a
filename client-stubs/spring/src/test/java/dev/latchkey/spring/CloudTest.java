package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.CapturedLog;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/** An application with Spring Cloud's context: its beans follow without a word of their own. */
final class CloudTest extends CloudApplications {

  @Test
  void settingsAreSetAnewAndBeansOfTheRefreshScopeAreMadeAgain() {
    run(Application.class, "mail.password", "${latchkey:app/mail#password}");
    assertThat(all()).isEqualTo("0 one one");
    agent.put("app/mail", "password", "two");
    await().until(() -> all().equals("0 two two"));
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
}
