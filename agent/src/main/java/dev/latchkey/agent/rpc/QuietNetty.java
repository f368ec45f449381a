package dev.latchkey.agent.rpc;

import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLogLevel;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLogger;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import io.grpc.netty.shaded.io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Netty from logging below INFO, whatever the operator asks of the logging framework.
 *
 * <p>Netty's HTTP/2 frame logger prints the bytes of every DATA frame at DEBUG, and a DATA frame
 * holds a secret.
 *
 * <p>Two warnings with stack traces go too: one for each request that is too large, which is the
 * caller's fault and the caller's answer, and one for each caller that goes away while an answer
 * waits to be written to it, which is its right.
 */
final class QuietNetty extends InternalLoggerFactory {

  /** Kept here, since the JDK's logging forgets the level of a logger that nobody keeps. */
  private static final Logger STREAMS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

  private static final Logger HANDLERS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  /** Asking Netty which factory it has would make it choose one, and say so at DEBUG. */
  private static boolean installed;

  private QuietNetty() {}

  /**
   * Installs the cap once for the process; must come before the first Netty class that logs is
   * used.
   */
  static synchronized void install() {
    if (!installed) {
      installed = true;
      InternalLoggerFactory.setDefaultFactory(new QuietNetty());
      STREAMS.setLevel(Level.SEVERE);
      HANDLERS.setFilter(record -> !isOfClosedStream(record.getThrown()));
    }
  }

  /** A stream that the caller closed, not one that broke a rule of the protocol. */
  private static boolean isOfClosedStream(@Nullable Throwable thrown) {
    return thrown instanceof Http2Exception.StreamException closed
        && closed.error() == Http2Error.STREAM_CLOSED;
  }

  @Override
  protected InternalLogger newInstance(String name) {
    InternalLogger logger = ((Slf4JLoggerFactory) Slf4JLoggerFactory.INSTANCE).newInstance(name);
    return (InternalLogger)
        Proxy.newProxyInstance(
            QuietNetty.class.getClassLoader(),
            new Class<?>[] {InternalLogger.class},
            (proxy, method, arguments) -> answer(logger, method, arguments));
  }

  private static @Nullable Object answer(
      InternalLogger logger, Method method, Object @Nullable [] arguments) throws Throwable {
    if (isBelowInfo(method, arguments)) {
      return method.getReturnType() == boolean.class ? Boolean.FALSE : null;
    }
    try {
      return method.invoke(logger, arguments);
    } catch (InvocationTargetException failed) {
      throw Objects.requireNonNull(failed.getCause());
    }
  }

  private static boolean isBelowInfo(Method method, Object @Nullable [] arguments) {
    if (arguments != null
        && arguments.length > 0
        && arguments[0] instanceof InternalLogLevel level) {
      return level.compareTo(InternalLogLevel.INFO) < 0;
    }
    String name = method.getName().toLowerCase(Locale.ROOT);
    return name.contains("debug") || name.contains("trace");
  }
}
