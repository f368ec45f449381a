package dev.latchkey.demo.database;

import dev.latchkey.demo.process.Leash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * The process that keeps the demo's PostgreSQL: {@code Main DIRECTORY}.
 *
 * <p>Reads the superuser's new password as the first line of its standard input, prints {@code port
 * N} once the server asks for passwords, and stops the server when its standard input ends.
 */
public final class Main {

  private Main() {}

  public static void main(String[] args) throws IOException, SQLException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String password = input.readLine();
    if (password == null) {
      return;
    }
    keep(Path.of(args[0]), password.toCharArray());
  }

  private static void keep(Path directory, char[] password) throws IOException, SQLException {
    EmbeddedServer server = EmbeddedServer.start(directory);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-postgresql"));
    server.demandPasswords(password);
    System.out.println("port " + server.port());
    Leash.untilEnd(System.in);
  }
}
