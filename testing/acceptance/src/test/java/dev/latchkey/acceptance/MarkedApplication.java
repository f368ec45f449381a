package dev.latchkey.acceptance;

import dev.latchkey.client.CipherInput;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.Watch;
import dev.latchkey.client.WatchRequest;
import dev.latchkey.jdbc.RotatingDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * An application's process that uses everything of the client, logs every failure with its trace,
 * and ends when it is killed. Its one argument is the socket.
 */
final class MarkedApplication {

  private static final System.Logger LOG = System.getLogger(MarkedApplication.class.getName());

  private MarkedApplication() {}

  /** Works until killed; says {@code working} once everything was used. */
  public static void main(String[] arguments) throws Exception {
    LatchkeyClient client = LatchkeyClient.builder().socket(Path.of(arguments[0])).build();
    Watch watch =
        client.watch(
            WatchRequest.of("orders-db", "app/mail"), change -> System.out.println(change));
    watch.awaitCaughtUp(Duration.ofSeconds(20));
    System.out.println(client.get("app/mail") + " " + watch.current("orders-db"));
    byte[] plain = client.get("app/mail").bytes("password");
    byte[] sealed = client.encrypt("default", CipherInput.of(plain)).bytes();
    System.out.println(client.decrypt("default", CipherInput.of(sealed)));
    failing(() -> client.get("orders-admin"));
    failing(() -> client.get("app/nothing"));
    failing(() -> client.get("app/mail").text("nothing"));
    failing(() -> client.decrypt("default", CipherInput.of(plain)));
    failing(() -> client.encrypt("nothing", CipherInput.of(plain)));
    try (RotatingDataSource pool = RotatingDataSource.builder(client, "orders-db").open()) {
      System.out.println(pool);
      for (long round = 0; round < Long.MAX_VALUE; round++) {
        query(pool);
        if (round == 20) {
          System.out.println("working");
        }
      }
    }
  }

  private static void query(RotatingDataSource pool) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_sleep(0.02)");
      statement.execute("SELECT nothing FROM nowhere");
    } catch (SQLException expected) {
      LOG.log(System.Logger.Level.WARNING, "failed as expected", expected);
    }
  }

  private static void failing(Runnable call) {
    try {
      call.run();
      throw new AssertionError("it was to fail");
    } catch (LatchkeyException expected) {
      LOG.log(System.Logger.Level.WARNING, "failed as expected", expected);
    }
  }
}
