package dev.latchkey.agent.target.postgresql;

import dev.latchkey.agent.secret.SecretException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JDBC URL of PostgreSQL taken apart.
 *
 * @param host the first host, without brackets
 * @param parameters what follows the question mark, with it; empty for none
 */
record PostgresUrl(String authority, String host, String port, String database, String parameters) {

  private static final Pattern FORM =
      Pattern.compile("jdbc:postgresql://([^/?#]+)/([^/?#]+)(\\?[^#]*)?");
  private static final Pattern FIRST_HOST =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:,\\[\\]]+))(?::(\\d+))?(?:,.*)?");
  private static final Pattern CREDENTIAL =
      Pattern.compile("[?&](user|password|sslpassword)=", Pattern.CASE_INSENSITIVE);

  static PostgresUrl parse(String url) {
    Matcher form = FORM.matcher(url);
    Matcher host = form.matches() ? FIRST_HOST.matcher(form.group(1)) : FIRST_HOST.matcher("");
    if (!form.matches() || !host.matches()) {
      throw SecretException.invalid("url", "must look like jdbc:postgresql://host:5432/database");
    }
    String parameters = form.group(3) == null ? "" : form.group(3);
    if (CREDENTIAL.matcher(parameters.toLowerCase(Locale.ROOT)).find()) {
      throw SecretException.invalid(
          "url", "must not hold a credential; name the administrator's secret as admin");
    }
    return new PostgresUrl(
        form.group(1),
        host.group(1) == null ? host.group(2) : host.group(1),
        host.group(3) == null ? "5432" : host.group(3),
        form.group(2),
        parameters);
  }

  /** The URL of another database on the same server. */
  String to(String other) {
    return "jdbc:postgresql://" + authority + "/" + other + parameters;
  }

  /** Where the server is, as fields of a credential. */
  Map<String, String> coordinates() {
    return Map.of("host", host, "port", port, "database", database, "url", to(database));
  }
}
