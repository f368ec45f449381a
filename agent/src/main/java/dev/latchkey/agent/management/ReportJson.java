package dev.latchkey.agent.management;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import java.util.Locale;
import java.util.stream.Collectors;

/** A judgement of readiness as JSON. */
final class ReportJson {

  private ReportJson() {}

  static String of(Readiness.Report report) {
    return "{\"ready\":"
        + report.ready()
        + ",\"health\":"
        + text(word(report.level()))
        + ",\"secrets\":"
        + report.secrets().stream()
            .map(ReportJson::secret)
            .collect(Collectors.joining(",", "[", "]"))
        + ",\"components\":"
        + report.components().stream()
            .map(ReportJson::component)
            .collect(Collectors.joining(",", "[", "]"))
        + "}\n";
  }

  private static String secret(Readiness.SecretHealth secret) {
    return "{\"name\":"
        + text(secret.name().text())
        + ",\"required\":"
        + secret.required()
        + ",\"condition\":"
        + text(word(secret.condition()))
        + ",\"reason\":"
        + text(secret.reason())
        + "}";
  }

  private static String component(ComponentHealth component) {
    return "{\"name\":"
        + text(component.component())
        + ",\"health\":"
        + text(word(component.level()))
        + ",\"reason\":"
        + text(component.reason())
        + "}";
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A JSON string (RFC 8259, section 7). */
  static String text(String raw) {
    StringBuilder quoted = new StringBuilder(raw.length() + 2).append('"');
    raw.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
