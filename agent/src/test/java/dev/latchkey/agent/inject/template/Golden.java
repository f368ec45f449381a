package dev.latchkey.agent.inject.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One case of the golden suite: a directory with {@code template}, {@code values.json} and either
 * {@code expected} or {@code error}.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Golden(
    String name,
    byte[] template,
    Map<SecretName, SecretContent> values,
    Optional<byte[]> expected,
    Optional<String> error) {

  static List<Golden> all() throws IOException, URISyntaxException {
    Path root = Path.of(Objects.requireNonNull(Golden.class.getResource("/templates")).toURI());
    try (Stream<Path> cases = Files.list(root)) {
      return cases.sorted().map(Golden::read).toList();
    }
  }

  private static Golden read(Path directory) {
    try {
      Path expected = directory.resolve("expected");
      Path error = directory.resolve("error");
      return new Golden(
          directory.getFileName().toString(),
          Files.readAllBytes(directory.resolve("template")),
          values(new ObjectMapper().readTree(directory.resolve("values.json").toFile())),
          Files.exists(expected) ? Optional.of(Files.readAllBytes(expected)) : Optional.empty(),
          Files.exists(error) ? Optional.of(Files.readString(error).strip()) : Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<SecretName, SecretContent> values(JsonNode tree) {
    Map<SecretName, SecretContent> values = new HashMap<>();
    tree.properties()
        .forEach(each -> values.put(new SecretName(each.getKey()), content(each.getValue())));
    return values;
  }

  private static SecretContent content(JsonNode tree) {
    Map<String, SecretValue> fields = new HashMap<>();
    tree.properties().forEach(each -> fields.put(each.getKey(), value(each.getValue())));
    return new SecretContent(fields);
  }

  private static SecretValue value(JsonNode value) {
    return value.isObject()
        ? SecretValue.of(Base64.getDecoder().decode(value.path("base64").asText()))
        : SecretValue.ofText(value.asText());
  }
}
