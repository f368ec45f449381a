package dev.latchkey.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables in the place of {@code ${env:NAME}} and {@code ${env:NAME:-default}}.
 *
 * <p>A text that is one reference and nothing else becomes a number or a truth value where the
 * schema wants one, so that every key can be set from the environment, and stays a text elsewhere,
 * whatever it looks like.
 */
final class References {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

  private final Document document;
  private final Map<String, String> environment;
  private final ShippedSchema schema;
  private final List<Problem> problems;

  References(
      Document document,
      Map<String, String> environment,
      ShippedSchema schema,
      List<Problem> problems) {
    this.document = document;
    this.environment = environment;
    this.schema = schema;
    this.problems = problems;
  }

  void resolve() {
    resolve(document.root(), "");
  }

  private void resolve(JsonNode node, String pointer) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field ->
                  field.setValue(
                      resolved(field.getValue(), pointer + Document.step(field.getKey()))));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, resolved(array.get(i), pointer + "/" + i));
      }
    }
  }

  private JsonNode resolved(JsonNode node, String pointer) {
    if (node.isTextual() && node.textValue().contains("${")) {
      return text(node.textValue(), pointer);
    }
    resolve(node, pointer);
    return node;
  }

  private JsonNode text(String text, String pointer) {
    Matcher matcher = REFERENCE.matcher(text);
    boolean whole = matcher.matches();
    String resolved =
        matcher.reset().replaceAll(found -> Matcher.quoteReplacement(value(found, pointer)));
    if (matcher.reset().replaceAll("").contains("${")) {
      problems.add(
          document.problem(
              pointer, "has an unknown reference; write ${env:NAME} or ${env:NAME:-default}"));
    }
    return whole ? typed(resolved, schema.typeAt(pointer)) : asText(resolved);
  }

  private String value(MatchResult reference, String pointer) {
    String value = environment.get(reference.group(1));
    if (value != null) {
      return value;
    }
    if (reference.group(3) == null) {
      problems.add(
          document.problem(
              pointer,
              "the environment variable "
                  + reference.group(1)
                  + " is not set; set it or write ${env:"
                  + reference.group(1)
                  + ":-default}"));
      return "";
    }
    return reference.group(3);
  }

  /**
   * The text as the type that is wanted; as it is where it cannot be one, for the schema to tell.
   */
  private static JsonNode typed(String text, String type) {
    boolean truth = text.equals("true") || text.equals("false");
    return switch (type) {
      case "integer" -> WHOLE_NUMBER.matcher(text).matches() ? whole(text) : asText(text);
      case "number" -> NUMBER.matcher(text).matches() ? number(text) : asText(text);
      case "boolean" -> truth ? BooleanNode.valueOf(text.equals("true")) : asText(text);
      default -> asText(text);
    };
  }

  private static JsonNode whole(String text) {
    return LongNode.valueOf(Long.parseLong(text));
  }

  private static JsonNode number(String text) {
    return DecimalNode.valueOf(new BigDecimal(text));
  }

  private static JsonNode asText(String text) {
    return TextNode.valueOf(text);
  }
}
