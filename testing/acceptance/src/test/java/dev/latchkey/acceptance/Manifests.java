package dev.latchkey.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The manifests of {@code deploy/kubernetes}, and the schema of what they are. */
final class Manifests {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Schema API = api();

  private Manifests() {}

  private static Schema api() {
    try (InputStream in = Manifests.class.getResourceAsStream("/kubernetes-1.29.schema.json")) {
      JsonNode tree = new ObjectMapper().readTree(Objects.requireNonNull(in));
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path directory() {
    return Installation.root().resolve("deploy/kubernetes");
  }

  /** The files, in order of their names. */
  static List<Path> files() {
    try (Stream<Path> files = Files.list(directory())) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of one file. */
  static String text(String file) {
    try {
      return Files.readString(directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a text of YAML declares. */
  static List<JsonNode> parse(String text) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(text)) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only object of this kind in a file. */
  static JsonNode one(String file, String kind) {
    return parse(text(file)).stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .reduce(
            (one, other) -> {
              throw new AssertionError("two of " + kind);
            })
        .orElseThrow();
  }

  /** What the API would refuse in an object: fields it does not have or lacks, and wrong types. */
  static List<String> refusals(JsonNode object) {
    return API.validate(object).stream().map(Error::toString).toList();
  }

  /** The pod that a Deployment or a Job makes. */
  static JsonNode pod(String file, String kind) {
    return one(file, kind).at("/spec/template/spec");
  }

  /** The configuration of the agent in the pod. */
  static String configuration() {
    return one("configuration.yaml", "ConfigMap").at("/data/latchkey.yml").asText();
  }

  /** The parts of an array, in order. */
  static List<JsonNode> parts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
