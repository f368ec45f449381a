package dev.latchkey.demo.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;

/** A PostgreSQL server in one directory, started without passwords and then made to demand them. */
final class EmbeddedServer implements AutoCloseable {

  private static final String AUTHENTICATION =
      """
      # Every way in asks for a password.
      local all all scram-sha-256
      host  all all 127.0.0.1/32 scram-sha-256
      host  all all ::1/128 scram-sha-256
      """;
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  private final EmbeddedPostgres server;
  private final Path data;

  private EmbeddedServer(EmbeddedPostgres server, Path data) {
    this.server = server;
    this.data = data;
  }

  /** Unpacks and starts a server whose every file lies below {@code directory}. */
  static EmbeddedServer start(Path directory) throws IOException {
    Path data = directory.resolve("data");
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(directory.toFile())
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START_PATIENCE)
            .setServerConfig("password_encryption", "scram-sha-256")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("fsync", "off")
            .setErrorRedirector(ProcessBuilder.Redirect.INHERIT)
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new EmbeddedServer(server, data);
  }

  int port() {
    return server.getPort();
  }

  /**
   * Gives the superuser a password, sent as a verifier, and closes the trusting entrance that the
   * server was born with. The server takes the new rules up a moment later: whoever relies on them
   * tries them first.
   */
  void demandPasswords(char[] password) throws SQLException, IOException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(Superuser.NAME, password, "scram-sha-256");
      Files.writeString(data.resolve("pg_hba.conf"), AUTHENTICATION);
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException failed) {
      throw new UncheckedIOException("could not stop the server", failed);
    }
  }
}
