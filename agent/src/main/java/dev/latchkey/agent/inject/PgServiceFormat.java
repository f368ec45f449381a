package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pair that libpq reads: {@code pg_service.conf} with the current user, and {@code pgpass} with
 * the passwords of the current and the previous user. A program that read the service file just
 * before a change finds its user's password in the passfile just after it.
 *
 * @param service the name of the service
 * @param options what else the service says, such as {@code host} and {@code dbname}
 */
public record PgServiceFormat(SecretName secret, String service, SortedMap<String, String> options)
    implements Format {

  /** The name of the service file in the set. */
  public static final String SERVICE_FILE = "pg_service.conf";

  /** The name of the password file in the set. */
  public static final String PASSFILE = "pgpass";

  public PgServiceFormat {
    options = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  @Override
  public Set<SecretName> secrets() {
    return Set.of(secret);
  }

  @Override
  public boolean readsPrevious() {
    return true;
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretValue user = values.field(secret, SecretContent.USERNAME);
    SecretValue password = values.field(secret, SecretContent.PASSWORD);
    List<FileContent> pair = new ArrayList<>();
    pair.add(new FileContent(SERVICE_FILE, serviceFile(user)));
    pair.add(new FileContent(PASSFILE, passfile(user, password, values.previous(secret))));
    return pair;
  }

  private byte[] serviceFile(SecretValue user) {
    SecretBuffer out = new SecretBuffer().text("[").text(service).text("]\n");
    for (Map.Entry<String, String> option : options.entrySet()) {
      out.text(option.getKey()).text("=").text(option.getValue()).text("\n");
    }
    out.text("user=");
    user.read(bytes -> plain(out, bytes));
    return out.text("\n").take();
  }

  /** A service file has no escapes: white space around a value is cut, and a line is a line. */
  private SecretBuffer plain(SecretBuffer out, byte[] user) {
    boolean isOdd = user.length == 0 || isSpace(user[0]) || isSpace(user[user.length - 1]);
    if (isOdd) {
      throw Values.refused(secret + ": the user is empty, or begins or ends with white space");
    }
    return oneLine(out, SecretContent.USERNAME, user, "");
  }

  private static boolean isSpace(byte one) {
    return one >= 0 && one <= ' ';
  }

  private byte[] passfile(
      SecretValue user, SecretValue password, Optional<SecretContent> previous) {
    SecretBuffer out = new SecretBuffer();
    login(out, user, password);
    previous.ifPresent(
        before ->
            before
                .field(SecretContent.USERNAME)
                .filter(other -> !other.equals(user))
                .ifPresent(
                    other ->
                        before
                            .field(SecretContent.PASSWORD)
                            .ifPresent(old -> login(out, other, old))));
    return out.take();
  }

  private void login(SecretBuffer out, SecretValue user, SecretValue password) {
    out.text(host()).text(":").text(exactly("port")).text(":*:");
    user.read(bytes -> oneLine(out, SecretContent.USERNAME, bytes, ":\\"));
    out.add(':');
    password.read(bytes -> oneLine(out, SecretContent.PASSWORD, bytes, ":\\"));
    out.add('\n');
  }

  /** A socket's directory and a list of hosts are matched in ways of their own: any host then. */
  private String host() {
    return options.getOrDefault("host", "").startsWith("/") ? "*" : exactly("host");
  }

  private String exactly(String option) {
    String value = options.getOrDefault(option, "*");
    return value.contains(",") || value.isEmpty()
        ? "*"
        : value.replace("\\", "\\\\").replace(":", "\\:");
  }

  private SecretBuffer oneLine(SecretBuffer out, String field, byte[] bytes, String escaped) {
    for (byte one : bytes) {
      if (one == '\n' || one == '\r' || one == 0) {
        throw Values.refused(
            secret + ": " + field + " holds a line end or a byte 0, which libpq cannot read");
      }
      if (escaped.indexOf(one) >= 0) {
        out.add('\\');
      }
      out.add(one);
    }
    return out;
  }
}
