package dev.latchkey.agent.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration text as a tree, with the line of each key.
 *
 * @param file what the text is called in problems
 * @param lines JSON pointer to line, from 1
 */
record Document(String file, ObjectNode root, Map<String, Integer> lines) {

  private static final YAMLFactory YAML =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final ObjectMapper MAPPER = new ObjectMapper(YAML);

  /** A text that is not YAML, or not a mapping. */
  static final class Malformed extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;

    Malformed(int line, String message) {
      super(message);
      this.line = line;
    }

    int line() {
      return line;
    }
  }

  static Document parse(String file, String text) throws Malformed {
    try {
      JsonNode root = only(text);
      if (root.isMissingNode() || root.isNull()) {
        return new Document(file, MAPPER.createObjectNode(), Map.of());
      }
      if (!(root instanceof ObjectNode sections)) {
        throw new Malformed(1, "is not a mapping of sections such as \"agent:\" and \"secrets:\"");
      }
      return new Document(file, sections, linesOf(text));
    } catch (JsonProcessingException notYaml) {
      int line = notYaml.getLocation() == null ? 0 : notYaml.getLocation().getLineNr();
      throw new Malformed(line, "is not YAML: " + firstLine(notYaml.getOriginalMessage()));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The one document of the text. */
  private static JsonNode only(String text) throws IOException, Malformed {
    try (YAMLParser parser = YAML.createParser(text)) {
      JsonNode root = parser.nextToken() == null ? null : MAPPER.readTree(parser);
      if (parser.nextToken() != null) {
        throw new Malformed(
            parser.currentTokenLocation().getLineNr(),
            "holds a second document, after a line \"---\"; one file is one configuration");
      }
      return root == null ? MissingNode.getInstance() : root;
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("it cannot be read");
  }

  private static Map<String, Integer> linesOf(String text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (YAMLParser parser = YAML.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        lines.putIfAbsent(pointer, parser.currentTokenLocation().getLineNr());
      }
    }
    return lines;
  }

  /** A problem at the place {@code pointer}; the nearest place above it whose line is known. */
  Problem problem(String pointer, String message) {
    return Problem.lasting(file, line(pointer), keyOf(pointer), message);
  }

  /** A problem there that another start may not find. */
  Problem passing(String pointer, String message) {
    return new Problem(file, line(pointer), keyOf(pointer), message, true);
  }

  private int line(String pointer) {
    for (String place = pointer; !place.isEmpty(); place = above(place)) {
      Integer line = lines.get(place);
      if (line != null) {
        return line;
      }
    }
    return 0;
  }

  private static String above(String pointer) {
    return pointer.substring(0, pointer.lastIndexOf('/'));
  }

  /** {@code /secrets/orders-db/max_stale} as {@code secrets.orders-db.max_stale}. */
  private static String keyOf(String pointer) {
    List<String> keys = new ArrayList<>();
    for (JsonPointer at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
      keys.add(at.getMatchingProperty());
    }
    return String.join(".", keys);
  }

  /** {@code key} as one step of a pointer. */
  static String step(String key) {
    return "/" + key.replace("~", "~0").replace("/", "~1");
  }
}
