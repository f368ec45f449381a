package dev.latchkey.micronaut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import io.micronaut.context.ApplicationContext;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What follows a change, and what may not be served any more. */
final class RefreshTest extends RunningContexts {

  @Test
  void beansAndPropertiesFollowAChangeAndOthersStay() {
    agent.put("orders-db", "username", "app", "password", "one");
    agent.put("other", "value", "x");
    ApplicationContext context =
        run(
            "mail.password", PASSWORD,
            "mail.url", "smtp://x:${mail.password}@y",
            "other.value", "${latchkey:other#value}");
    MailSettings settings = context.getBean(MailSettings.class);
    Mailer mailer = context.getBean(Mailer.class);
    Unrelated unrelated = context.getBean(Unrelated.class);
    String before = unrelated.made();
    assertThat(mailer.login() + read(context, "mail.password")).isEqualTo("oneone");
    assertThat(read(context, "mail.url")).isEqualTo("smtp://x:one@y");

    agent.put("orders-db", "username", "app2", "password", "two");
    await().until(() -> settings.getPassword().equals("two"));
    await().until(() -> mailer.login().equals("two"));
    assertThat(read(context, "mail.password")).isEqualTo("two");
    assertThat(read(context, "mail.url")).isEqualTo("smtp://x:two@y");
    assertThat(unrelated.made()).isEqualTo(before);
    Credential both = context.getBean(ReferencedSecrets.class).credential("orders-db");
    assertThat(both.text("username") + both.text("password")).isEqualTo("app2two");

    agent.put("other", "value", "y");
    await().until(() -> !unrelated.made().equals(before));
    LatchkeyPropertySource source =
        Objects.requireNonNull(LatchkeyPropertySource.of(context.getEnvironment()));
    assertThat(source.texts().dependingOn(Set.of("orders-db")))
        .containsExactlyInAnyOrder("mail.password", "mail.url");
  }

  @Test
  void aChangeWhileAnotherSecretCannotBeReadIsToldOnceItCan() {
    agent.put("orders-db", "password", "one");
    agent.put("other", "value", "x");
    ApplicationContext context =
        run("mail.password", PASSWORD, "mail.sender", "${latchkey:other#value}");
    MailSettings settings = context.getBean(MailSettings.class);
    Mailer mailer = context.getBean(Mailer.class);
    assertThat(settings.getPassword() + settings.getSender() + mailer.login()).isEqualTo("onexone");
    List<String> told = new CopyOnWriteArrayList<>();
    ReferencedSecrets secrets = context.getBean(ReferencedSecrets.class);
    secrets.onChange(told::add);

    agent.withdraw("other");
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> secrets.credential("other"))
                    .hasMessageContaining("There is no secret"));
    agent.put("orders-db", "password", "two");
    await().until(() -> told.contains("orders-db"));
    assertThat(read(context, "mail.password")).isEqualTo("two");
    assertThat(settings.getPassword() + settings.getSender() + mailer.login())
        .as("beans keep what they have")
        .isEqualTo("onexone");

    agent.put("other", "value", "y");
    await().until(() -> (settings.getPassword() + settings.getSender()).equals("twoy"));
    await().until(() -> mailer.login().equals("two"));
  }

  @Test
  void whatCannotBeReadAnyMoreIsNotGivenOutOfMicronautsCache() {
    agent.put("orders-db", "password", "one");
    agent.putUntil(Instant.now().plusSeconds(10), "leased", "password", "two");
    ApplicationContext context =
        run(
            "mail.password", PASSWORD,
            "mail.key", "${latchkey:leased#password}",
            "mail.copy", "${mail.password}");
    assertThat(read(context, "mail.copy") + read(context, "mail.key")).isEqualTo("onetwo");
    agent.withdraw("orders-db");
    for (String name : List.of("mail.password", "mail.copy")) {
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> read(context, name))
                      .hasStackTraceContaining("There is no secret"));
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> read(context, "mail.key"))
                    .hasStackTraceContaining("The lease of the secret leased ended"));
    agent.put("orders-db", "password", "three");
    await().ignoreExceptions().until(() -> read(context, "mail.copy").equals("three"));
  }

  @Test
  void aBeanThatIsMadeBetweenItsDisposalAndItsSettingsIsMadeAgain() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context = run("gated.password", PASSWORD);
    Gated gated = context.getBean(Gated.class);
    assertThat(gated.password()).isEqualTo("one");
    List<String> between = new CopyOnWriteArrayList<>();
    GatedSettings.BEFORE_SET.set(() -> between.add(gated.password()));
    agent.put("orders-db", "password", "two");
    await().until(() -> gated.password().equals("two"));
    assertThat(between).containsExactly("one");
  }

  @Test
  void settingsThatCannotBeSetHinderNoOthersAndAreTriedAgain() {
    agent.put("orders-db", "password", "one", "port", "25");
    ApplicationContext context =
        run("mail.password", PASSWORD, "early.port", "${latchkey:orders-db#port}");
    PortSettings port = context.getBean(PortSettings.class);
    MailSettings settings = context.getBean(MailSettings.class);
    assertThat(port.getPort() + settings.getPassword()).isEqualTo("25one");
    agent.put("orders-db", "password", "two", "port", "hunter2-marker");
    await().until(() -> settings.getPassword().equals("two"));
    agent.put("orders-db", "password", "three", "port", "26");
    await().until(() -> (port.getPort() + settings.getPassword()).equals("26three"));
  }

  @Test
  void whatIsTriedAgainIsWhatFailedAndAnEventIsPublishedTwiceAndNoMore() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context =
        run(
            "refusing", "true",
            "gated.password", PASSWORD,
            "databases.main.password", PASSWORD);
    GatedSettings gated = context.getBean(GatedSettings.class);
    EachSettings each = context.getBean(EachSettings.class, Qualifiers.byName("main"));
    Refusing refusing = context.getBean(Refusing.class);
    int before = each.sets.get();
    AtomicInteger tries = new AtomicInteger();
    AtomicBoolean on = new AtomicBoolean(true);
    GatedSettings.BEFORE_SET.set(() -> refuse(tries, on));
    try {
      agent.put("orders-db", "password", "two");
      await().until(() -> tries.get() >= 5);
      assertThat(each.getPassword()).isEqualTo("two");
      assertThat(each.sets.get() - before).as("of healthy settings").isEqualTo(2);
      assertThat(refusing.told).hasValue(2);
      assertThat(gated.getPassword()).isEqualTo("one");
    } finally {
      on.set(false);
    }
    await().until(() -> gated.getPassword().equals("two"));
    await("what was made of them").until(() -> refusing.told.get() == 3);
  }

  private static void refuse(AtomicInteger tries, AtomicBoolean on) {
    if (on.get()) {
      GatedSettings.BEFORE_SET.set(() -> refuse(tries, on));
      tries.incrementAndGet();
      throw new IllegalStateException("refused");
    }
  }

  @Test
  void aRefreshOfTheEnvironmentKeepsThePlaceholders() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context = run("mail.password", PASSWORD);
    assertThat(context.getEnvironment().refreshAndDiff()).isEmpty();
    assertThat(read(context, "mail.password")).isEqualTo("one");
    agent.put("orders-db", "password", "two");
    await().until(() -> read(context, "mail.password").equals("two"));
  }

  @Test
  void whatRefersToAPropertyInAnotherSpellingFollowsToo() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context =
        run(
            "smtp.passWord", PASSWORD,
            "mail.password", "${smtp.passWord}",
            "other.value", "${ mail.password }");
    Unrelated unrelated = context.getBean(Unrelated.class);
    String before = unrelated.made();
    MailSettings settings = context.getBean(MailSettings.class);
    assertThat(settings.getPassword() + read(context, "other.value")).isEqualTo("oneone");
    agent.put("orders-db", "password", "two");
    await().until(() -> settings.getPassword().equals("two"));
    await().until(() -> !unrelated.made().equals(before));
    assertThat(read(context, "other.value")).isEqualTo("two");
  }
}
