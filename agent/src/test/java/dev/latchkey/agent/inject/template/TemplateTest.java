package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a template promises besides the bytes that the golden suite shows. */
class TemplateTest {

  private static final SecretName ORDERS = new SecretName("orders-db");

  private static String render(String text, Map<SecretName, SecretContent> values) {
    return new String(Template.compile("t", text).render(values), StandardCharsets.UTF_8);
  }

  private static Map<SecretName, SecretContent> orders(String field, String value) {
    return Map.of(ORDERS, new SecretContent(Map.of(field, SecretValue.ofText(value))));
  }

  private static TemplateException refused(String text, Map<SecretName, SecretContent> values) {
    return catchThrowableOfType(TemplateException.class, () -> render(text, values));
  }

  @Test
  void theReferencesOfEveryBranchAreKnownBeforeAnyValueIs() {
    Template template =
        Template.compile(
            "app.conf",
            """
            {{#if (has "orders-db" "replica")}}
              {{json (secret "orders-db" "replica")}}
            {{else}}
              {{#each (fields "app/flags")}}{{secret "tls" "pin"}}{{/each}}
            {{/if}}
            {{#each (lines "")}}{{else}}{{secret "tls" "key"}}{{/each}}
            """);
    SecretName tls = new SecretName("tls");
    SecretName flags = new SecretName("app/flags");
    assertThat(template.references())
        .containsExactly(
            new Reference(ORDERS, Optional.of("replica"), true, 1, 8),
            new Reference(ORDERS, Optional.of("replica"), false, 2, 11),
            new Reference(flags, Optional.empty(), false, 4, 12),
            new Reference(tls, Optional.of("pin"), false, 4, 35),
            new Reference(tls, Optional.of("key"), false, 6, 31));
    assertThat(template.dependencies()).containsExactly(flags, ORDERS, tls);
    assertThat(template.name()).isEqualTo("app.conf");
    assertThat(template).hasToString("template app.conf");
  }

  @Test
  void aTemplateWithoutTagsDependsOnNothing() {
    assertThat(Template.compile("t", "{ plain }").dependencies()).isEmpty();
    assertThat(render("{ plain }", Map.of())).isEqualTo("{ plain }");
  }

  @Test
  void anErrorTellsNameLineColumnAndProblem() {
    assertThatThrownBy(() -> Template.compile("nginx.conf.tmpl", "a\n  {{nope}}"))
        .isInstanceOfSatisfying(
            TemplateException.class,
            failure -> {
              assertThat(failure.template()).isEqualTo("nginx.conf.tmpl");
              assertThat(failure.line()).isEqualTo(2);
              assertThat(failure.column()).isEqualTo(5);
              assertThat(failure.problem()).startsWith("\"nope\" means nothing here");
              assertThat(failure).hasMessage("nginx.conf.tmpl:2:5: " + failure.problem());
            });
  }

  @Test
  void aFieldThatLacksInABranchNotTakenIsNoError() {
    String text = "{{#if (has \"orders-db\" \"port\")}}{{secret \"orders-db\" \"port\"}}{{/if}}.";
    assertThat(render(text, orders("host", "db"))).isEqualTo(".");
    assertThat(render(text, orders("port", "5432"))).isEqualTo("5432.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "block",
        "decorator",
        "embedded",
        "helperMissing",
        "i18n",
        "i18nJs",
        "include",
        "inline",
        "log",
        "lookup",
        "partial",
        "precompile",
        "with"
      })
  void noWordOfTheEngineItselfIsKnown(String word) {
    String open = "{{" + word + " \"orders-db\"}}";
    String block = "{{#" + word + " \"orders-db\"}}x{{/" + word + "}}";
    assertThat(refused(open, orders("v", "x")).problem()).contains("means nothing here");
    assertThat(refused(block, orders("v", "x")).problem()).contains("means nothing here");
  }

  @Test
  void nothingThatCouldRunCodeFromATemplateIsThere() {
    assertThatThrownBy(() -> Class.forName("org.openjdk.nashorn.api.scripting.NashornScriptEngine"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void aFileIsAsLongAsTheBoundAndNoLonger() {
    String half = "m".repeat(Template.MAX_OUTPUT / 2);
    String tag = "{{secret \"orders-db\" \"v\"}}";
    assertThat(render(tag + tag, orders("v", half))).hasSize(Template.MAX_OUTPUT);
    assertThat(refused(tag + tag + "\n" + "x", orders("v", half)))
        .hasMessage("t:1:53: the file would be longer than 1048576 bytes");
    assertThat(refused("\n" + tag + tag + tag, orders("v", half)))
        .hasMessage("t:2:29: the file would be longer than 1048576 bytes");
  }

  @Test
  void theBoundOfAFileCountsBytesAndHoldsInsideOfBlocks() {
    String loop = "{{#each (fields \"orders-db\")}}{{this}}{{this}}x{{/each}}";
    assertThat(refused(loop, orders("v", "é".repeat(Template.MAX_OUTPUT / 4))).problem())
        .isEqualTo("the file would be longer than 1048576 bytes");
  }

  @Test
  void aValueOnTheWayIsBoundedToo() {
    String text = "{{#if (eq (base64 (base64 (secret \"orders-db\" \"v\"))) \"\")}}x{{/if}}";
    assertThat(refused(text, orders("v", "m".repeat(700_000))))
        .hasMessage("t:1:12: field \"v\" of secret \"orders-db\" is longer than 1048576 bytes");
  }

  @Test
  void loopsInLoopsEndAtABound() {
    String lines = "{{#each (lines (secret \"orders-db\" \"v\"))}}";
    String text = lines + lines + "{{/each}}{{/each}}";
    assertThat(refused(text, orders("v", "\n".repeat(1000))).problem())
        .isEqualTo("loops take more than 100000 turns");
    assertThat(render(text, orders("v", "\n".repeat(300)))).isEmpty();
  }

  @Test
  void tagsThatWriteNothingEndAtABoundToo() {
    String text =
        "{{#each (lines \""
            + "\n".repeat(200)
            + "\")}}"
            + "{{#if (eq (secret \"orders-db\" \"v\") \"\")}}x{{/if}}{{/each}}";
    assertThat(refused(text, orders("v", "m".repeat(500_000))).problem())
        .isEqualTo("tags yield more than 67108864 bytes");
  }

  @Test
  void aTemplateIsAsLongAsTheBoundAndNoLonger() {
    String longest = "é".repeat(Template.MAX_TEXT / 2);
    assertThat(render(longest, Map.of())).isEqualTo(longest);
    assertThat(refused(longest + "x", Map.of())).hasMessage("t:1:1: is longer than 262144 bytes");
  }

  @Test
  void whatIsNestedTooDeeplyForTheEngineIsAnErrorToo() {
    String helpers = "{{json " + "(json ".repeat(8000) + "\"x\"" + ")".repeat(8000) + "}}";
    assertThat(refused(helpers, Map.of()).problem()).isEqualTo("is nested too deeply");
    String blocks = "{{#if (eq \"\" \"\")}}".repeat(2000) + "{{/if}}".repeat(2000);
    assertThat(refused(blocks, Map.of()).problem()).contains("nested");
  }

  @Test
  void aDestroyedValueIsAnErrorWithoutItsText() {
    SecretValue value = SecretValue.ofText("marker-gone");
    value.destroy();
    Map<SecretName, SecretContent> values = Map.of(ORDERS, new SecretContent(Map.of("v", value)));
    assertThat(refused("{{secret \"orders-db\" \"v\"}}", values)).hasMessageStartingWith("t:1:3: ");
  }

  @Test
  void oneTemplateIsRenderedByManyThreadsAtOnce() throws Exception {
    Template template =
        Template.compile(
            "t", "{{#each (lines (secret \"orders-db\" \"v\"))}}{{@key}}={{json this}};{{/each}}");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<String>> renderings =
          IntStream.range(0, 400).mapToObj(number -> rendering(template, number)).toList();
      List<Future<String>> rendered = threads.invokeAll(renderings);
      for (int number = 0; number < rendered.size(); number++) {
        assertThat(rendered.get(number).get())
            .isEqualTo("1=\"%1$d\";2=\"b%1$d\";".formatted(number));
      }
    }
  }

  private static Callable<String> rendering(Template template, int number) {
    return () ->
        new String(template.render(orders("v", number + "\nb" + number)), StandardCharsets.UTF_8);
  }

  @Test
  void theEngineLogsNoValueHoweverLoudItIs() {
    Logger engine = (Logger) LoggerFactory.getLogger("com.github.jknack.handlebars");
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    engine.addAppender(heard);
    engine.setLevel(Level.TRACE);
    try {
      render("{{json (secret \"orders-db\" \"v\")}}", orders("v", "marker-logged"));
      refused("{{secret \"orders-db\" \"v\"}}{{secret \"x\" \"v\"}}", orders("v", "marker-logged"));
    } finally {
      engine.setLevel(null);
      engine.detachAppender(heard);
    }
    assertThat(heard.list)
        .allSatisfy(event -> assertThat(event.toString()).doesNotContain("marker-"));
  }
}
