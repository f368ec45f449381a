package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.output.Table;
import dev.latchkey.cli.output.Times;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.SecretSummary;
import dev.latchkey.v1.StateId;
import java.util.TreeMap;

/** Shows credentials and summaries to people. */
final class Credentials {
  private Credentials() {}

  /** One row for each field. */
  static Table fields(Credential credential) {
    return fields(credential, "");
  }

  /** One row for each field, below a line that names the secret. */
  static Table indented(Credential credential) {
    return fields(credential, "  ");
  }

  private static Table fields(Credential credential, String indent) {
    Table table = new Table();
    new TreeMap<>(credential.getFieldsMap())
        .forEach((name, value) -> table.row(indent + name, text(value)));
    return table;
  }

  /** The value as a text, or in base64 and saying so. */
  static String text(ByteString value) {
    String text = Characters.utf8(value);
    return text != null ? text : "(base64) " + Characters.base64(value);
  }

  /** The version and revision; {@code -} when there is no state. */
  static String state(StateId state) {
    return state.getVersion() == 0
        ? "-"
        : state.getVersion() + " (revision " + state.getRevision() + ")";
  }

  /** What a reader must know besides the value; empty when all is well. */
  static String warning(Credential credential) {
    return credential.getStale()
        ? credential.getName()
            + " is stale: the backend last confirmed it "
            + Times.shown(credential.getAge())
            + " ago"
        : "";
  }

  /** The rows that tell about a secret without its value. */
  static void describe(SecretSummary summary, Table table) {
    table
        .row("version", state(summary.getState()))
        .row("backend", summary.getBackend())
        .row("backend version", summary.getBackendVersion())
        .row("kind", summary.getKind())
        .row("required", summary.getRequired() ? "yes" : "no")
        .row("fields", String.join(", ", summary.getFieldNamesList()))
        .row("issued", Times.shown(summary.getIssuedAt()))
        .row("expires", Times.shown(summary.getExpiresAt()));
  }
}
