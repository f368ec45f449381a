package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Renders what asks for the most memory, for {@link BoundedRenderingTest} in a process as small as
 * the agent's; the rest of the agent is stood for by what is held meanwhile.
 */
final class Rendered {

  /** What the agent itself takes of its memory, rounded up. */
  private static final int REST_OF_THE_AGENT = 32 * 1024 * 1024;

  private static final String VALUE = "(secret \"a\" \"v\")";

  private Rendered() {}

  /** A template and the value of its only field, which is made when it is needed. */
  record Work(String template, Supplier<String> value) {

    /** What came of it, without the value. */
    String outcome() {
      try {
        Template compiled = Template.compile("t", template);
        SecretContent content = new SecretContent(Map.of("v", SecretValue.ofText(value.get())));
        return "rendered " + compiled.render(Map.of(new SecretName("a"), content)).length;
      } catch (TemplateException refused) {
        return "refused " + refused.problem();
      }
    }
  }

  static Map<String, Work> all() {
    Map<String, Work> all = new TreeMap<>();
    all.put("indent of line feeds", new Work("{{indent 100 " + VALUE + "}}", longest("\n")));
    all.put("indent of line feeds in the template", new Work(indentOfText(), () -> ""));
    all.put("lines", new Work(each("lines " + VALUE, 1), longest("\n")));
    all.put("lines in each other", new Work(each("lines " + VALUE, 60), longest("m")));
    all.put("fields in fields", new Work(each("fields \"a\"", 60), longest("m")));
    all.put("json of controls", new Work("{{json " + VALUE + "}}", longest("\u0001")));
    all.put(
        "json of wide text",
        new Work(
            "{{json " + VALUE + "}}", () -> "\u2028" + "\u0001".repeat(Template.MAX_OUTPUT / 2)));
    all.put("shell of quotes", new Work("{{shell " + VALUE + "}}", longest("'")));
    all.put("sql of quotes", new Work("{{sql " + VALUE + "}}", longest("'")));
    all.put("url of blanks", new Work("{{url " + VALUE + "}}", longest(" ")));
    all.put("base64", new Work("{{base64 " + VALUE + "}}", longest("m")));
    all.put("the greatest file", new Work("{{secret \"a\" \"v\"}}", longest("m")));
    all.put("as many tags as may be", new Work("{{json \"x\"}}".repeat(4000), () -> ""));
    all.put("one tag more", new Work("{{json \"x\"}}".repeat(4001), () -> ""));
    all.put("blocks", new Work("{{#if (eq \"\" \"\")}}{{/if}}".repeat(2000), () -> ""));
    all.put("words", new Work("{{json" + " x".repeat(100_000) + "}}", () -> ""));
    return all;
  }

  private static Supplier<String> longest(String character) {
    return () -> character.repeat(Template.MAX_OUTPUT);
  }

  private static String indentOfText() {
    return "{{indent 100 \"" + "\n".repeat(60_000) + "\"}}";
  }

  private static String each(String items, int deep) {
    return ("{{#each (" + items + ")}}").repeat(deep) + "{{/each}}".repeat(deep);
  }

  public static void main(String[] words) {
    byte[] held = new byte[REST_OF_THE_AGENT];
    all().forEach((name, work) -> System.out.println(name + ": " + work.outcome()));
    Optional<byte[]> still = Stream.of(held).findAny();
    System.out.println("held " + still.orElseThrow().length);
  }
}
