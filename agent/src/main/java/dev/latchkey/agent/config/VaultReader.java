package dev.latchkey.agent.config;

import dev.latchkey.agent.config.BackendSettings.Login;
import dev.latchkey.agent.config.BackendSettings.Text;
import dev.latchkey.agent.config.BackendSettings.Tls;
import dev.latchkey.agent.config.BackendSettings.Vault;
import dev.latchkey.agent.secret.SecretValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a backend of type {@code vault}. What the file leaves out comes from the environment that
 * the command lines of Vault and OpenBao read, {@code VAULT_*} before {@code BAO_*}.
 */
final class VaultReader {

  private final Section section;
  private final Map<String, String> environment;

  VaultReader(Section section, Map<String, String> environment) {
    this.section = section;
    this.environment = environment;
  }

  Vault read() {
    return new Vault(
        addresses(),
        textOr("namespace", "NAMESPACE").orElse(""),
        prefix(),
        kvMounts(),
        tls(),
        span("connect_timeout"),
        span("request_timeout"),
        login());
  }

  private Optional<String> ofEnvironment(String name) {
    return Optional.ofNullable(environment.get("VAULT_" + name))
        .or(() -> Optional.ofNullable(environment.get("BAO_" + name)))
        .filter(text -> !text.isEmpty());
  }

  private Optional<String> textOr(String key, String variable) {
    return section.optionalText(key).or(() -> ofEnvironment(variable));
  }

  private List<URI> addresses() {
    List<String> texts = new ArrayList<>(section.texts("addresses"));
    if (texts.isEmpty()) {
      textOr("address", "ADDR").ifPresent(texts::add);
    }
    if (texts.isEmpty()) {
      section.problem("address", "is missing; name the server here, or set VAULT_ADDR or BAO_ADDR");
    }
    List<URI> addresses = new ArrayList<>();
    texts.forEach(text -> address(text).ifPresent(addresses::add));
    return addresses;
  }

  private Optional<URI> address(String text) {
    try {
      URI address = new URI(text);
      boolean known = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (known && address.getHost() != null && address.getUserInfo() == null) {
        return Optional.of(address);
      }
    } catch (URISyntaxException malformed) {
      // Told below, without the text: it may hold a password.
    }
    section.problem("address", "must be like https://vault.example.com:8200");
    return Optional.empty();
  }

  private String prefix() {
    String prefix = section.text("prefix");
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      section.problem("prefix", "must end with '/', such as secret/");
    }
    return prefix;
  }

  private Map<String, Integer> kvMounts() {
    Map<String, Integer> mounts = new LinkedHashMap<>();
    Section named = section.section("kv_mounts");
    named.node().fieldNames().forEachRemaining(path -> mounts.put(path, named.number(path)));
    return mounts;
  }

  private Tls tls() {
    Section tls = section.section("tls");
    Optional<Path> certificate = file(tls, "certificate", "CLIENT_CERT");
    Optional<Path> key = file(tls, "key", "CLIENT_KEY");
    if (certificate.isPresent() != key.isPresent()) {
      section.problem("tls", "needs both certificate and key, or neither");
    }
    return new Tls(
        file(tls, "ca", "CACERT"),
        certificate,
        key,
        tls.optionalText("server_name").or(() -> ofEnvironment("TLS_SERVER_NAME")));
  }

  private Optional<Path> file(Section tls, String key, String variable) {
    return tls.optionalText(key).or(() -> ofEnvironment(variable)).map(Path::of);
  }

  private Optional<Duration> span(String key) {
    return section.has(key) ? Optional.of(section.positive(key)) : Optional.empty();
  }

  /** Without a section, the token of the environment, as the command lines take it. */
  private Login login() {
    if (!section.has("login")) {
      return ofEnvironment("TOKEN")
          .map(token -> (Login) new Login.Token(SecretValue.ofText(token)))
          .orElseGet(
              () -> {
                section.problem(
                    "login", "is missing; say how to log in, or set VAULT_TOKEN or BAO_TOKEN");
                return new Login.Token(SecretValue.ofText("none"));
              });
    }
    Section login = section.section("login");
    return switch (login.text("type")) {
      case "token_file" -> new Login.TokenFile(Path.of(needed(login, "file")));
      case "approle" ->
          new Login.AppRole(
              mount(login, "approle"),
              neededText(login, "role_id"),
              text(login, "secret_id"),
              login.truth("wrapped"),
              login.truth("delete_file"));
      case "userpass" ->
          new Login.Userpass(
              mount(login, "userpass"), needed(login, "username"), neededText(login, "password"));
      case "kubernetes" ->
          new Login.Kubernetes(
              mount(login, "kubernetes"),
              needed(login, "role"),
              login.optionalText("file").map(Path::of));
      case "aws" ->
          new Login.Aws(
              mount(login, "aws"),
              needed(login, "role"),
              needed(login, "region"),
              login.text("server_id"),
              login.optionalText("file").map(Path::of),
              login.optionalText("profile").orElse("default"));
      default -> new Login.Token(SecretValue.ofText(needed(login, "token")));
    };
  }

  private static String mount(Section login, String usual) {
    return login.optionalText("mount").orElse(usual);
  }

  private static String needed(Section login, String key) {
    return login
        .optionalText(key)
        .orElseGet(
            () -> {
              login.problem(key, "is missing; a login of type " + login.text("type") + " needs it");
              return "missing";
            });
  }

  private static Text neededText(Section login, String key) {
    return text(login, key)
        .orElseGet(
            () -> {
              login.problem(
                  key,
                  "is missing; a login of type "
                      + login.text("type")
                      + " needs it, or "
                      + key
                      + "_file");
              return new Text.Given(SecretValue.ofText("missing"));
            });
  }

  /** A text, or the file that holds it. */
  private static Optional<Text> text(Section login, String key) {
    Optional<Text> given =
        login.optionalText(key).map(text -> new Text.Given(SecretValue.ofText(text)));
    Optional<Text> inFile =
        login.optionalText(key + "_file").map(file -> new Text.InFile(Path.of(file)));
    if (given.isPresent() && inFile.isPresent()) {
      login.problem(key, "is given twice; leave either it or " + key + "_file");
    }
    return given.or(() -> inFile);
  }
}
