package dev.latchkey.agent.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The JSON Schema that ships with the agent, which editors read too: it checks the shape of a
 * configuration, and every default is written there and nowhere else.
 */
final class ShippedSchema {

  static final String RESOURCE = "/latchkey.schema.json";

  private final JsonNode tree;
  private final Schema schema;

  ShippedSchema() {
    try (InputStream in = ShippedSchema.class.getResourceAsStream(RESOURCE)) {
      tree =
          new ObjectMapper().readTree(Objects.requireNonNull(in, "the schema is not in the jar"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(tree);
  }

  /** The schema as a tree. */
  JsonNode tree() {
    return tree;
  }

  /** What the schema finds wrong. */
  List<Problem> check(Document document) {
    List<Problem> problems = new ArrayList<>();
    for (Error error : schema.validate(document.root())) {
      problems.add(problem(document, error));
    }
    return problems;
  }

  private Problem problem(Document document, Error error) {
    String pointer = pointer(error);
    JsonNode at = parent(error);
    return switch (error.getKeyword()) {
      case "additionalProperties" -> {
        String key = error.getProperty();
        yield document.problem(
            pointer + Document.step(key), "unknown key; " + Nearest.hint(key, names(at)));
      }
      case "required" ->
          document.problem(pointer, "the key \"" + error.getProperty() + "\" is missing");
      case "pattern" -> document.problem(pointer, "is not " + description(at));
      case "maxProperties" ->
          document.problem(pointer, "takes exactly one of " + String.join(", ", names(at)));
      case "minProperties" ->
          document.problem(pointer, "needs one of " + String.join(", ", names(at)));
      default -> document.problem(pointer, error.getMessage());
    };
  }

  private static String pointer(Error error) {
    String text = error.getInstanceLocation().toString();
    return text.startsWith("/") ? text : "";
  }

  /** The part of the schema whose keyword failed. */
  private JsonNode parent(Error error) {
    String fragment = String.valueOf(error.getSchemaLocation().getFragment());
    String keyword = fragment.startsWith("/") ? fragment : "/" + fragment;
    return tree.at(keyword.substring(0, keyword.lastIndexOf('/')));
  }

  /** The type that the schema wants at a place of a document; empty where it names none. */
  String typeAt(String pointer) {
    JsonNode part = tree;
    for (JsonPointer at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
      JsonNode property = part.path("properties").path(at.getMatchingProperty());
      if (part.path("type").asText().equals("array")) {
        part = resolved(part.path("items"));
      } else {
        part = resolved(property.isMissingNode() ? part.path("additionalProperties") : property);
      }
    }
    return part.path("type").asText();
  }

  private JsonNode resolved(JsonNode part) {
    String reference = part.path("$ref").asText();
    return reference.isEmpty() ? part : tree.at(reference.substring(1));
  }

  private static List<String> names(JsonNode part) {
    List<String> names = new ArrayList<>();
    part.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String description(JsonNode part) {
    JsonNode description = part.path("description");
    return description.isTextual() && !description.textValue().endsWith(".")
        ? description.textValue()
        : "of the form " + part.path("pattern").asText();
  }

  /** Fills every absent key of {@code root} that has a default. */
  void fill(ObjectNode root) {
    fill(root, tree);
  }

  private void fill(JsonNode node, JsonNode part) {
    if (node instanceof ObjectNode object) {
      part.path("properties")
          .properties()
          .forEach(property -> fillOne(object, property.getKey(), property.getValue()));
      JsonNode others = part.path("additionalProperties");
      object
          .properties()
          .forEach(
              field -> {
                if (!part.path("properties").has(field.getKey())) {
                  fill(field.getValue(), others);
                }
              });
    } else if (node instanceof ArrayNode array) {
      array.forEach(item -> fill(item, part.path("items")));
    }
  }

  private void fillOne(ObjectNode object, String key, JsonNode part) {
    if (!object.has(key) && part.has("default")) {
      object.set(key, part.get("default").deepCopy());
    }
    fill(object.path(key), part);
  }
}
