package dev.latchkey.client;

import io.grpc.netty.shaded.io.netty.util.internal.logging.AbstractInternalLogger;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLogger;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import io.grpc.netty.shaded.io.netty.util.internal.logging.JdkLoggerFactory;
import java.lang.reflect.Method;
import java.util.Set;

/**
 * Holds off the one logger of gRPC's shaded Netty that prints the bytes of every HTTP/2 frame,
 * secrets included.
 *
 * <p>Everything else that the shaded Netty logs goes where it went before: to the factory that was
 * in force, whether SLF4J, Log4j or {@code java.util.logging}. The application's own loggers are
 * not touched. Only frame loggers made after {@link #install} are held off, so it is called before
 * the first channel is built.
 */
final class QuietFrameLog extends InternalLoggerFactory {

  private static final Set<String> FRAME_LOGGERS =
      Set.of(
          "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler",
          "io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler",
          "io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameLogger");

  private final InternalLoggerFactory others;

  private QuietFrameLog(InternalLoggerFactory others) {
    this.others = others;
  }

  /** Puts the filter before the factory in force, unless it is there already. */
  static synchronized void install() {
    InternalLoggerFactory inForce = InternalLoggerFactory.getDefaultFactory();
    if (!(inForce instanceof QuietFrameLog)) {
      InternalLoggerFactory.setDefaultFactory(new QuietFrameLog(inForce));
    }
  }

  @Override
  protected InternalLogger newInstance(String name) {
    return FRAME_LOGGERS.contains(name) ? new Silent(name) : delegate(name);
  }

  /** The factory method is protected, and the factory in force may be anybody's. */
  private InternalLogger delegate(String name) {
    try {
      Method method = InternalLoggerFactory.class.getDeclaredMethod("newInstance", String.class);
      method.setAccessible(true);
      return (InternalLogger) method.invoke(others, name);
    } catch (ReflectiveOperationException | RuntimeException unreachable) {
      return ((JdkLoggerFactory) JdkLoggerFactory.INSTANCE).newInstance(name);
    }
  }

  /** A logger that is off at every level. */
  private static final class Silent extends AbstractInternalLogger {

    private static final long serialVersionUID = 1L;

    Silent(String name) {
      super(name);
    }

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public void trace(String message) {}

    @Override
    public void trace(String format, Object argument) {}

    @Override
    public void trace(String format, Object first, Object second) {}

    @Override
    public void trace(String format, Object... arguments) {}

    @Override
    public void trace(String message, Throwable cause) {}

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public void debug(String message) {}

    @Override
    public void debug(String format, Object argument) {}

    @Override
    public void debug(String format, Object first, Object second) {}

    @Override
    public void debug(String format, Object... arguments) {}

    @Override
    public void debug(String message, Throwable cause) {}

    @Override
    public boolean isInfoEnabled() {
      return false;
    }

    @Override
    public void info(String message) {}

    @Override
    public void info(String format, Object argument) {}

    @Override
    public void info(String format, Object first, Object second) {}

    @Override
    public void info(String format, Object... arguments) {}

    @Override
    public void info(String message, Throwable cause) {}

    @Override
    public boolean isWarnEnabled() {
      return false;
    }

    @Override
    public void warn(String message) {}

    @Override
    public void warn(String format, Object argument) {}

    @Override
    public void warn(String format, Object first, Object second) {}

    @Override
    public void warn(String format, Object... arguments) {}

    @Override
    public void warn(String message, Throwable cause) {}

    @Override
    public boolean isErrorEnabled() {
      return false;
    }

    @Override
    public void error(String message) {}

    @Override
    public void error(String format, Object argument) {}

    @Override
    public void error(String format, Object first, Object second) {}

    @Override
    public void error(String format, Object... arguments) {}

    @Override
    public void error(String message, Throwable cause) {}
  }
}
