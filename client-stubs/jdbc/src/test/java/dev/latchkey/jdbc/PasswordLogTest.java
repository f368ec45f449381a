package dev.latchkey.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.latchkey.client.Credential;
import dev.latchkey.client.StateId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A marker password is in no log at the finest level, no exception and no text form. */
final class PasswordLogTest {

  private static final String MARKER = "marker-5d20c4-do-not-log";
  private static final String WRONG = "wrong-marker-5d20c4-do-not-log";

  @TempDir Path directory;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void thePasswordIsNowhereButInTheLogin() throws Exception {
    try (Postgres postgres = new Postgres(directory.resolve("data"));
        Logs logs = new Logs()) {
      postgres.allow("orders_a", MARKER);
      logs.begin();
      FakeFeed feed = new FakeFeed();
      feed.publish(credential(postgres, 1, MARKER));
      try (PoolTime time = PoolTime.system("test");
          RotatingDataSource pool =
              new RotatingDataSource(feed, DriverManager::getConnection, settings(), time)) {
        feed.onChange(pool::changed);
        pool.changed();
        try (Connection connection = pool.getConnection()) {
          lines.add(connection.toString());
          lines.add(connection.getMetaData().getURL());
        }
        feed.publish(credential(postgres, 2, WRONG));
        await().until(() -> pool.statistics().get(1).loginFailures() > 0);
        // The login of the version before is as good as gone.
        postgres.retire("orders_a");
        await().atMost(Duration.ofMinutes(1)).until(() -> refused(pool));
        lines.add(pool.toString());
        lines.add(pool.statistics().toString());
        lines.add(credential(postgres, 1, MARKER).toString());
        lines.add(Login.of(credential(postgres, 1, MARKER), Optional.empty(), "").toString());
      }
    }
    assertThat(lines).hasSizeGreaterThan(50).anyMatch(line -> line.contains("maximumPoolSize"));
    assertThat(lines).noneMatch(line -> line.contains(MARKER));
  }

  /** Whether a connection cannot be had any more; keeps the text of the failure. */
  private boolean refused(RotatingDataSource pool) {
    Throwable failure =
        catchThrowable(
            () -> {
              try (Connection connection = pool.getConnection()) {
                connection.createStatement().execute("SELECT 1");
              }
            });
    if (failure == null) {
      return false;
    }
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    lines.add(text.toString());
    return text.toString().contains("2800") || text.toString().contains("orders_a");
  }

  private static Credential credential(Postgres postgres, long version, String password) {
    return Credential.builder("orders-db", new StateId("e1", version, version))
        .text("username", "orders_a")
        .text("password", password)
        .text("url", postgres.url())
        .text("role", Postgres.OWNER)
        .build();
  }

  private static PoolSettings settings() {
    return new PoolSettings(
        "test",
        2,
        Duration.ofSeconds(8),
        Duration.ofMillis(500),
        Duration.ofMinutes(30),
        Duration.ZERO,
        Duration.ofMillis(300),
        Duration.ofSeconds(5),
        1,
        Optional.empty(),
        "",
        Map.of());
  }

  /** Every logger of SLF4J and of the JDK at its finest, caught. */
  private final class Logs extends Handler implements AutoCloseable {

    private final Logger slf4j = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level slf4jLevel = slf4j.getLevel();
    private final java.util.logging.Logger jdk = java.util.logging.Logger.getLogger("");
    private final java.util.logging.Level jdkLevel = jdk.getLevel();
    private final PrintWriter driverLog =
        new PrintWriter(
            new StringWriter() {
              @Override
              public void write(String text, int from, int length) {
                lines.add(text.substring(from, from + length));
              }
            },
            true);
    private final AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
              lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
          }
        };

    void begin() {
      slf4j.detachAndStopAllAppenders();
      appender.setContext(slf4j.getLoggerContext());
      appender.start();
      slf4j.addAppender(appender);
      slf4j.setLevel(Level.TRACE);
      setLevel(java.util.logging.Level.ALL);
      jdk.addHandler(this);
      jdk.setLevel(java.util.logging.Level.ALL);
      DriverManager.setLogWriter(driverLog);
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getMessage() + Arrays.toString(entry.getParameters()));
      if (entry.getThrown() != null) {
        lines.add(entry.getThrown().toString());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      DriverManager.setLogWriter(null);
      jdk.removeHandler(this);
      jdk.setLevel(jdkLevel);
      slf4j.detachAppender(appender);
      slf4j.setLevel(slf4jLevel);
    }
  }
}
