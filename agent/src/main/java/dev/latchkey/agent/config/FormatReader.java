package dev.latchkey.agent.config;

import dev.latchkey.agent.inject.Certified;
import dev.latchkey.agent.inject.DotenvFormat;
import dev.latchkey.agent.inject.Fields;
import dev.latchkey.agent.inject.Format;
import dev.latchkey.agent.inject.JsonFormat;
import dev.latchkey.agent.inject.PemFormat;
import dev.latchkey.agent.inject.PgServiceFormat;
import dev.latchkey.agent.inject.Pkcs12Format;
import dev.latchkey.agent.inject.PropertiesFormat;
import dev.latchkey.agent.inject.RawFormat;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads what one file holds. */
final class FormatReader {

  private static final String RAW = "raw";
  private static final String TEMPLATE = "template";

  /** Which keys belong to which format. */
  private static final Map<String, Set<String>> KEYS =
      new TreeMap<>(
          Map.of(
              RAW,
              Set.of("field", "newline"),
              "dotenv",
              Set.of("fields", "prefix"),
              "json",
              Set.of("fields"),
              "properties",
              Set.of("fields", "prefix"),
              "pem",
              Set.of("parts", "certificate", "chain", "key"),
              "pkcs12",
              Set.of("certificate", "chain", "key", "alias", "password", "password_field"),
              "pg_service",
              Set.of("service", "options"),
              TEMPLATE,
              Set.of("template")));

  /** What a service file says by itself, or must not say. */
  private static final Set<String> RESERVED =
      Set.of("user", "password", "passfile", "service", "servicefile");

  private final Section section;
  private final NamedSecrets secrets;
  private final Optional<String> usual;

  /**
   * Of one file.
   *
   * @param usual the secret where the section names none
   */
  FormatReader(Section section, NamedSecrets secrets, Optional<String> usual) {
    this.section = section;
    this.secrets = secrets;
    this.usual = usual;
  }

  /** A delivery with a set has the secret for its files, and no format of its own. */
  static void refuseBesideSet(Section section) {
    KEYS.values().stream()
        .flatMap(Set::stream)
        .distinct()
        .filter(section::has)
        .sorted()
        .forEach(key -> section.problem(key, "belongs to the files of the set"));
    if (section.has("format")) {
      section.problem("format", "belongs to the files of the set");
    }
  }

  /**
   * Reads it.
   *
   * @param delivery the name of the delivery
   */
  Optional<Format> read(String delivery) {
    String format = section.optionalText("format").orElse(RAW);
    refuseOthersKeys(format);
    if (format.equals(TEMPLATE)) {
      return template();
    }
    return secret().flatMap(secret -> format(format, secret, delivery));
  }

  /** A set has a secret for those of its files that name none; a template names its own. */
  private Optional<Format> template() {
    if (section.has("secret")) {
      section.problem("secret", "goes without format: template, which names its secrets itself");
    }
    if (section.has(TEMPLATE) && section.text(TEMPLATE).equals(section.text("path"))) {
      section.problem(TEMPLATE, "is the file that is written; keep the template elsewhere");
      return Optional.empty();
    }
    return new TemplateReader(section, secrets).read().map(TemplateFormat::new);
  }

  private Optional<SecretName> secret() {
    Optional<String> named = section.optionalText("secret").or(() -> usual);
    if (named.isEmpty()) {
      section.problem("", "the key \"secret\" is missing");
    }
    return named.flatMap(text -> secrets.find(section, "secret", text));
  }

  private void refuseOthersKeys(String format) {
    Set<String> own = KEYS.getOrDefault(format, Set.of());
    KEYS.values().stream()
        .flatMap(Set::stream)
        .distinct()
        .filter(key -> section.has(key) && !own.contains(key))
        .sorted()
        .forEach(key -> section.problem(key, "belongs to the format " + owners(key)));
  }

  private static String owners(String key) {
    return KEYS.entrySet().stream()
        .filter(entry -> entry.getValue().contains(key))
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(" or "));
  }

  private Optional<Format> format(String format, SecretName secret, String delivery) {
    return switch (format) {
      case "dotenv" -> Optional.of(new DotenvFormat(fields(secret)));
      case "json" -> Optional.of(new JsonFormat(fields(secret)));
      case "properties" -> Optional.of(new PropertiesFormat(fields(secret)));
      case "pem" -> Optional.of(new PemFormat(certified(secret), parts()));
      case "pkcs12" -> pkcs12(secret);
      case "pg_service" -> Optional.of(pgService(secret, delivery));
      default ->
          Optional.of(
              new RawFormat(secret, section.optionalText("field"), section.truth("newline")));
    };
  }

  private Fields fields(SecretName secret) {
    return new Fields(secret, section.texts("fields"), section.text("prefix"));
  }

  private Certified certified(SecretName secret) {
    return new Certified(
        secret,
        section.optionalText("certificate").orElse("certificate"),
        section.optionalText("chain").orElse("ca_chain"),
        section.optionalText("key").orElse("private_key"));
  }

  private Set<PemFormat.Part> parts() {
    List<String> words = section.texts("parts");
    return words.isEmpty()
        ? EnumSet.allOf(PemFormat.Part.class)
        : words.stream()
            .map(word -> PemFormat.Part.valueOf(word.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(PemFormat.Part.class)));
  }

  private Optional<Format> pkcs12(SecretName secret) {
    if (section.has("password") == section.has("password_field")) {
      section.problem("", "needs password or password_field, one of them");
      return Optional.empty();
    }
    Pkcs12Format.Password password =
        section.has("password")
            ? new Pkcs12Format.Password.Given(SecretValue.ofText(section.text("password")))
            : new Pkcs12Format.Password.Field(section.text("password_field"));
    return Optional.of(
        new Pkcs12Format(
            certified(secret), section.optionalText("alias").orElse("latchkey"), password));
  }

  private Format pgService(SecretName secret, String delivery) {
    TreeMap<String, String> options = new TreeMap<>();
    Section given = section.section("options");
    section
        .node()
        .path("options")
        .fieldNames()
        .forEachRemaining(
            option -> {
              if (RESERVED.contains(option) || !option.matches("[a-z_]+")) {
                given.problem(option, "is no option for a service; the agent writes the login");
              } else if (!isOneLine(given.text(option))) {
                given.problem(option, "must be one line without white space around it");
              } else {
                options.put(option, given.text(option));
              }
            });
    return new PgServiceFormat(secret, section.optionalText("service").orElse(delivery), options);
  }

  private static boolean isOneLine(String text) {
    return text.equals(text.strip())
        && Arrays.stream(new int[] {'\n', '\r', 0}).noneMatch(one -> text.indexOf(one) >= 0);
  }
}
