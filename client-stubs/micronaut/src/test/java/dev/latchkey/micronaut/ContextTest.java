package dev.latchkey.micronaut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.latchkey.client.LatchkeyException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.Origin;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.core.type.Argument;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ContextTest extends RunningContexts {

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

  @Test
  void nothingHoldsTheEnvironmentOfAContextThatWasClosed() {
    agent.put("orders-db", "password", "one");
    WeakReference<Environment> closed = new WeakReference<>(environmentOfClosed());
    // Micronaut itself keeps the environment of the last context that was started.
    run("mail.password", PASSWORD);
    await()
        .until(
            () -> {
              System.gc();
              return closed.get() == null;
            });
  }

  private Environment environmentOfClosed() {
    ApplicationContext context = run("mail.password", PASSWORD);
    contexts.clear();
    context.close();
    return context.getEnvironment();
  }
}
