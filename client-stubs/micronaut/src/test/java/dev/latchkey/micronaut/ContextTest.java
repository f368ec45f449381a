package dev.latchkey.micronaut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.Origin;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.core.type.Argument;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContextTest {

  private static final String PASSWORD = "${latchkey:orders-db#password}";

  @TempDir Path directory;
  private FakeAgent agent;
  private final List<ApplicationContext> contexts = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    agent = new FakeAgent(directory.resolve("agent.sock"));
  }

  @AfterEach
  void stop() throws Exception {
    contexts.forEach(ApplicationContext::close);
    agent.close();
  }

  private ApplicationContext run(PropertySource... sources) {
    ApplicationContext context =
        ApplicationContext.builder()
            .properties(Map.of("latchkey.socket", agent.socket().toString()))
            .propertySources(sources)
            .build();
    contexts.add(context);
    return context.start();
  }

  /** The context of these properties, name and value by turns. */
  private ApplicationContext run(String... properties) {
    return run(PropertySource.of("test", map(properties), 10));
  }

  private static Map<String, Object> map(String... properties) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      map.put(properties[i], properties[i + 1]);
    }
    return map;
  }

  private static String read(ApplicationContext context, String name) {
    return context.getEnvironment().getProperty(name, String.class).orElse("none");
  }

  @Test
  void placeholdersAreResolvedWhereverMicronautResolvesThem() {
    String password = "it's ${not} a ${placeholder";
    agent.put("orders-db", "username", "app", "password", password);
    ApplicationContext context =
        run(
            "mail.password", PASSWORD,
            "mail.url", "smtp://${latchkey:orders-db#username}@x/${mail.password}",
            "mail.camelCase", "${ latchkey:orders-db#username }");
    assertThat(read(context, "mail.password")).isEqualTo(password);
    assertThat(read(context, "mail.url")).isEqualTo("smtp://app@x/" + password);
    assertThat(read(context, "mail.camel-case")).isEqualTo("app");
    assertThat(context.getEnvironment().getProperties("mail")).containsEntry("password", password);
    MailSettings settings = context.getBean(MailSettings.class);
    assertThat(settings.getPassword()).isEqualTo(password);
    assertThat(context.getBean(Mailer.class).login()).isEqualTo(password);
  }

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
  void aRefreshOfTheEnvironmentKeepsThePlaceholders() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context = run("mail.password", PASSWORD);
    assertThat(context.getEnvironment().refreshAndDiff()).isEmpty();
    assertThat(read(context, "mail.password")).isEqualTo("one");
    agent.put("orders-db", "password", "two");
    await().until(() -> read(context, "mail.password").equals("two"));
  }

  @Test
  void filesOfTheSameNameInSeveralPlacesAllCount() {
    agent.put("orders-db", "password", "one", "host", "mail.example.com");
    for (List<String> places :
        List.of(
            List.of("classpath:jar/", "classpath:outside/"),
            List.of("classpath:outside/", "classpath:jar/"))) {
      ApplicationContext context =
          ApplicationContext.builder()
              .overrideConfigLocations(places.toArray(String[]::new))
              .properties(Map.of("latchkey.socket", agent.socket().toString()))
              .build();
      contexts.add(context);
      context.start();
      assertThat(read(context, "mail.password")).isEqualTo("one");
      assertThat(read(context, "mail.sender")).isEqualTo("someone@example.com");
      assertThat(context.getProperty("mail.hosts", Argument.listOf(String.class)))
          .contains(List.of("plain", "mail.example.com"));
      assertThat(context.getEnvironment().refreshAndDiff()).isEmpty();
      assertThat(read(context, "mail.password")).isEqualTo("one");
    }
  }

  @Test
  void whatIsOverriddenNeedsNoAgent() throws Exception {
    agent.close();
    PropertySource file = PropertySource.of("file", map("mail.password", PASSWORD), -300);
    ApplicationContext overridden =
        run(file, PropertySource.of("later", map("mail.password", "plain"), 10));
    assertThat(read(overridden, "mail.password")).isEqualTo("plain");
    ApplicationContext byVariable = run(file, variables("MAIL_PASSWORD", "plain"));
    assertThat(read(byVariable, "mail.password")).isEqualTo("plain");
  }

  @Test
  void anEnvironmentVariableMayHoldAPlaceholder() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context =
        run(
            PropertySource.of("file", map("mail.password", "plain"), -300),
            variables("MAIL_PASSWORD", PASSWORD, "MAIL_SMTP_LOGIN_KEY", PASSWORD));
    assertThat(read(context, "mail.password")).isEqualTo("one");
    assertThat(read(context, "mail.smtp.login-key")).isEqualTo("one");
    assertThat(WinningValues.namesOfVariable("A_B_C"))
        .containsExactlyInAnyOrder("a.b.c", "a.b-c", "a-b.c", "a-b-c");
  }

  @Test
  void aDefaultIsAskedForOnlyWhereTheNameBeforeItHasNoValue() throws Exception {
    agent.put("orders-db", "password", "one");
    String text = "x-${MAIL_PW:" + PASSWORD + "}-${ mail.pw : ${ latchkey:orders-db#password } }";
    assertThat(read(run("mail.password", text), "mail.password")).isEqualTo("x-one-one");
    assertThatThrownBy(() -> run("mail.password", "${a:pre" + PASSWORD + "}"))
        .hasMessageContaining("In the property mail.password")
        .hasMessageContaining("only as its whole default");
    agent.close();
    ApplicationContext context = run("mail.password", text, "mail.pw", "set", "MAIL_PW", "set");
    assertThat(read(context, "mail.password")).isEqualTo("x-set-set");
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

  private static PropertySource variables(String... variables) {
    return PropertySource.of(
        "variables",
        map(variables),
        PropertyConvention.ENVIRONMENT_VARIABLE,
        Origin.of("variables"));
  }

  @Test
  void theStartFailsAndSaysWhichPropertyAsksForWhat() {
    agent.put("orders-db", "username", "hunter2-marker");
    agent.deny("other");
    assertThatThrownBy(() -> run("mail.password", PASSWORD, "mail.key", "${latchkey:other#key}"))
        .hasMessageContaining("mail.password asks for the secret orders-db, field password")
        .hasMessageContaining("it has [username]")
        .hasMessageContaining("mail.key asks for the secret other")
        .hasMessageNotContaining("hunter2-marker");
    await("the client of the failed start to be closed").until(() -> agent.watches() == 0);
    assertThatThrownBy(
            () -> run("latchkey.timeout", "200ms", "mail.password", "${latchkey:never#password}"))
        .hasMessageContaining("mail.password asks for the secret never");
    assertThatThrownBy(() -> run("latchkey.timeout", "soon", "mail.password", PASSWORD))
        .hasMessageContaining("latchkey.timeout is not a length of time");
  }

  @Test
  void whatIsNotOfTheFormNeverBecomesAValue() {
    for (String text :
        List.of("${latchkey:orders-db}", "${latchkey:a#b:default}", "${latchkey:${x}#y}")) {
      assertThatThrownBy(() -> run("mail.password", text))
          .as(text)
          .hasMessageContaining("In the property mail.password")
          .hasMessageContaining("NAME#field");
    }
    ApplicationContext context = run("mail.sender", "someone");
    assertThatThrownBy(() -> context.getBean(Direct.class))
        .hasStackTraceContaining("let a property of the application's configuration hold it");
    assertThatThrownBy(() -> context.resolvePlaceholders(PASSWORD))
        .isInstanceOf(LatchkeyException.class);
  }

  @Test
  void noPropertySourceHoldsAValue() {
    agent.put("orders-db", "password", "hunter2-marker");
    ApplicationContext context = run("mail.password", PASSWORD);
    assertThat(read(context, "mail.password")).isEqualTo("hunter2-marker");
    StringBuilder all = new StringBuilder();
    for (PropertySource source : context.getEnvironment().getPropertySources()) {
      all.append(source.getName()).append(source);
      source.forEach(key -> all.append(key).append('=').append(source.get(key)));
    }
    assertThat(all).contains("orders-db#password").doesNotContain("hunter2-marker");
  }

  @Test
  void theClientEndsWithAContextThatCouldNotStart() {
    agent.put("orders-db", "password", "one");
    assertThatThrownBy(
            () ->
                ApplicationContext.builder()
                    .properties(
                        Map.of(
                            "latchkey.socket",
                            agent.socket().toString(),
                            "mail.password",
                            PASSWORD,
                            "broken",
                            "true"))
                    .start())
        .hasStackTraceContaining("broken");
    // Nobody tells of it, and nobody can close it: it is closed when it is collected.
    await()
        .until(
            () -> {
              System.gc();
              return agent.watches() == 0;
            });
  }

  @Test
  void theClientEndsWithTheContext() {
    agent.put("orders-db", "password", "one");
    ApplicationContext context = run("mail.password", PASSWORD);
    Environment environment = context.getEnvironment();
    assertThat(agent.watches()).isEqualTo(1);
    context.close();
    await().until(() -> agent.watches() == 0);
    assertThat(environment.isRunning()).isFalse();
  }
}
