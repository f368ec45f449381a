package dev.latchkey.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A login that a Vault made in a database.
 *
 * @param at when, to the second, as its name tells
 */
record IssuedLogin(String name, Instant at) {

  private static final Pattern MADE =
      Pattern.compile("CREATE ROLE \"(" + IssuingVault.ISSUED + "[^\"]*-(\\d+))\"");

  /** Every one that was ever made, by the database's own log, the oldest first. */
  static List<IssuedLogin> ever(Database database) throws IOException {
    return MADE.matcher(Files.readString(database.log()))
        .results()
        .map(
            made ->
                new IssuedLogin(
                    made.group(1), Instant.ofEpochSecond(Long.parseLong(made.group(2)))))
        .distinct()
        .sorted(Comparator.comparing(IssuedLogin::at))
        .toList();
  }
}
