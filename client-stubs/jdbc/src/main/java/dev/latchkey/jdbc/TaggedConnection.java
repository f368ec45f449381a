package dev.latchkey.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A physical connection with the version that it was made with.
 *
 * <p>The pool holds its {@link #asConnection proxy}, which passes everything on and notices the
 * close. It also settles the one race that the pool cannot: a connection that was never lent may be
 * condemned, or lent, but never both.
 */
final class TaggedConnection implements InvocationHandler {

  private final Connection physical;
  private final VersionKey version;
  private final String label;
  private final Consumer<TaggedConnection> onClose;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<Use> use = new AtomicReference<>(Use.NEVER_LENT);
  private volatile @Nullable Connection firstLease;
  private volatile boolean evicted;
  private volatile boolean noticed;

  TaggedConnection(
      Connection physical, VersionKey version, String label, Consumer<TaggedConnection> onClose) {
    this.physical = physical;
    this.version = version;
    this.label = label;
    this.onClose = onClose;
  }

  /** Whether the connection was ever handed to the application, or must not be any more. */
  private enum Use {
    NEVER_LENT,
    LENT,
    CONDEMNED
  }

  /** What the proxy is besides a connection. */
  interface Tagged {
    TaggedConnection tag();
  }

  VersionKey version() {
    return version;
  }

  /** The connection as the pool sees it. */
  Connection asConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            TaggedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class, Tagged.class},
            this);
  }

  /** Hands it out as {@code lease}; false when it was condemned before. */
  boolean lend(Connection lease) {
    if (use.get() == Use.LENT) {
      return true;
    }
    if (!use.compareAndSet(Use.NEVER_LENT, Use.LENT)) {
      return use.get() == Use.LENT;
    }
    firstLease = lease;
    return true;
  }

  /**
   * The pool's object of the first lease, by which the pool knows this connection; null while never
   * lent.
   */
  @Nullable Connection firstLease() {
    return firstLease;
  }

  /**
   * Whether it was asked this before: the pool may only be taking it in when it is first noticed.
   */
  boolean noticedUnlent() {
    boolean before = noticed;
    noticed = true;
    return before;
  }

  /** Takes a connection that was never lent out of use; false when it was lent before. */
  boolean condemn() {
    return use.compareAndSet(Use.NEVER_LENT, Use.CONDEMNED);
  }

  /** The pool has been asked to let it go and need not be asked again. */
  void evicted() {
    evicted = true;
  }

  boolean isEvicted() {
    return evicted;
  }

  /** Closes the physical connection, once. */
  void close() throws SQLException {
    if (closed.compareAndSet(false, true)) {
      try {
        physical.close();
      } finally {
        onClose.accept(this);
      }
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    return switch (method.getName()) {
      case "tag" -> this;
      case "close" -> {
        close();
        yield null;
      }
      case "abort" -> abort(method, args);
      case "unwrap" -> first(args).isInstance(proxy) ? proxy : unwrap(first(args));
      case "isWrapperFor" -> first(args).isInstance(proxy) || wraps(first(args));
      case "equals" -> isSame(proxy, args);
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> label;
      default -> pass(method, args);
    };
  }

  private boolean wraps(Class<?> type) throws SQLException {
    return type.isInstance(physical) || physical.isWrapperFor(type);
  }

  @SuppressWarnings("ReferenceEquality") // a connection equals itself only
  private static boolean isSame(Object proxy, @Nullable Object @Nullable [] args) {
    return args != null && proxy == args[0];
  }

  private @Nullable Object abort(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    if (closed.compareAndSet(false, true)) {
      try {
        return pass(method, args);
      } finally {
        onClose.accept(this);
      }
    }
    return null;
  }

  private Object unwrap(Class<?> type) throws SQLException {
    return type.isInstance(physical) ? physical : physical.unwrap(type);
  }

  private @Nullable Object pass(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(physical, args);
    } catch (InvocationTargetException e) {
      throw Objects.requireNonNullElse(e.getCause(), e);
    }
  }

  private static Class<?> first(@Nullable Object @Nullable [] args) {
    return (Class<?>) Objects.requireNonNull(Objects.requireNonNull(args)[0]);
  }

  @Override
  public String toString() {
    return label;
  }
}
