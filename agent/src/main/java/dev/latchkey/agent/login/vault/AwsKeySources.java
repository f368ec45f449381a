package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where keys of AWS are found: the environment, and the file that AWS's own tools keep. */
public final class AwsKeySources {

  private AwsKeySources() {}

  /** The environment, else the file and the profile that it names, else the usual file. */
  public static AwsCredentials.Source usual(Map<String, String> environment) {
    return () ->
        environment.containsKey("AWS_ACCESS_KEY_ID")
            ? of(environment, "AWS_ACCESS_KEY_ID", "the environment")
            : file(usualFile(environment), environment.getOrDefault("AWS_PROFILE", "default"))
                .get();
  }

  private static Path usualFile(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("AWS_SHARED_CREDENTIALS_FILE"))
        .map(Path::of)
        .orElseGet(() -> Path.of(environment.getOrDefault("HOME", "/"), ".aws", "credentials"));
  }

  /** One profile of a file of AWS's form, read each time. */
  public static AwsCredentials.Source file(Path file, String profile) {
    return () -> of(section(file, profile), "aws_access_key_id", file + " [" + profile + "]");
  }

  private static Map<String, String> section(Path file, String profile) {
    Map<String, String> found = new HashMap<>();
    boolean within = false;
    for (String line : lines(file)) {
      String text = line.strip();
      if (text.startsWith("[")) {
        within = text.equals("[" + profile + "]");
      } else if (within && text.contains("=") && !text.startsWith("#")) {
        int equals = text.indexOf('=');
        found.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
      }
    }
    return found;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "there is no key of AWS: set AWS_ACCESS_KEY_ID, or provide " + file,
          e);
    }
  }

  /** The names of all three begin as that of the first does, in its letters. */
  private static AwsCredentials of(Map<String, String> values, String idName, String where) {
    boolean upper = idName.startsWith("AWS");
    String id = values.getOrDefault(idName, "");
    String secret =
        values.getOrDefault(upper ? "AWS_SECRET_ACCESS_KEY" : "aws_secret_access_key", "");
    if (id.isEmpty() || secret.isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW, where + " has no whole key of AWS: the id and the secret");
    }
    String session = values.getOrDefault(upper ? "AWS_SESSION_TOKEN" : "aws_session_token", "");
    return new AwsCredentials(
        id,
        SecretValue.ofText(secret),
        session.isEmpty() ? Optional.empty() : Optional.of(SecretValue.ofText(session)));
  }
}
