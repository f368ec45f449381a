package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Set;

/**
 * How values become the bytes of a file. Pure and deterministic: the same values give the same
 * bytes, so that a restart of the agent changes no file.
 */
public sealed interface Format
    permits RawFormat,
        DotenvFormat,
        JsonFormat,
        PropertiesFormat,
        PemFormat,
        Pkcs12Format,
        PgServiceFormat,
        TemplateFormat {

  /** What it is rendered from. */
  Set<SecretName> secrets();

  /** By how much a format makes of a value, at most: as JSON writes control characters. */
  int GROWTH = 6;

  /** The bytes that are in memory at most while it is rendered, of which it is given the room. */
  default long room(Values values) {
    long weight = secrets().stream().mapToLong(name -> values.content(name).weight()).sum();
    return weight * GROWTH;
  }

  /** Whether it writes the login before the current one too. */
  default boolean readsPrevious() {
    return false;
  }

  /**
   * Renders the file called {@code file}, or the files that it names itself.
   *
   * @throws dev.latchkey.agent.secret.SecretException when the format cannot hold the values; its
   *     message names fields and holds no value
   */
  List<FileContent> render(String file, Values values);
}
