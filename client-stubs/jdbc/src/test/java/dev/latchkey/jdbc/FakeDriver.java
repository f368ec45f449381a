package dev.latchkey.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A database driver that logs in whom the test lets, and can hold a login under way. Safe for any
 * thread.
 */
final class FakeDriver implements CredentialDataSource.PhysicalDriver {

  final Set<String> refused = ConcurrentHashMap.newKeySet();
  final List<String> logins = new CopyOnWriteArrayList<>();
  final List<String> statements = new CopyOnWriteArrayList<>();
  final Set<Session> open = ConcurrentHashMap.newKeySet();

  private final AtomicReference<@Nullable Gate> gate = new AtomicReference<>();

  /** One session. */
  record Session(String username, int number) {}

  /** The next login stops at the gate until it is opened. */
  Gate holdNextLogin() {
    Gate next = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    gate.set(next);
    return next;
  }

  /** Where a login waits. */
  record Gate(CountDownLatch reached, CountDownLatch opened) {}

  long openAs(String username) {
    return open.stream().filter(session -> session.username.equals(username)).count();
  }

  @Override
  public Connection connect(String url, Properties properties) throws SQLException {
    String username = properties.getProperty("user");
    logins.add(username);
    Gate held = gate.getAndSet(null);
    if (held != null) {
      held.reached.countDown();
      try {
        held.opened.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted", "08001", e);
      }
    }
    if (refused.contains(username)) {
      throw new SQLException("login refused for " + username, "28P01");
    }
    Session session = new Session(username, logins.size());
    open.add(session);
    return connection(session);
  }

  private Connection connection(Session session) {
    return proxy(
        Connection.class,
        (method, args) ->
            switch (method) {
              case "close", "abort" -> {
                open.remove(session);
                yield null;
              }
              case "isClosed" -> !open.contains(session);
              case "isValid" -> open.contains(session);
              case "getAutoCommit" -> true;
              case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
              case "getNetworkTimeout", "getHoldability" -> 0;
              case "isReadOnly" -> false;
              case "createStatement" -> statement();
              case "getMetaData" ->
                  proxy(
                      DatabaseMetaData.class, (name, none) -> name.startsWith("get") ? "\"" : null);
              default -> null;
            });
  }

  private Statement statement() {
    return proxy(
        Statement.class,
        (method, args) -> {
          if (method.equals("execute") && args != null) {
            statements.add(String.valueOf(args[0]));
            return true;
          }
          return null;
        });
  }

  @SuppressWarnings("ReferenceEquality") // a fake object equals itself only
  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == args[0];
                  case "toString" -> "fake " + type.getSimpleName();
                  default -> answer.to(method.getName(), args);
                }));
  }

  /** What a fake object answers. */
  private interface Answer {
    @Nullable Object to(String method, Object @Nullable [] args) throws SQLException;
  }
}
