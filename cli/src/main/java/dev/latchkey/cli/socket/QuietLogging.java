package dev.latchkey.cli.socket;

import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLogger;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Makes the transport say nothing, whatever the operator asks of logging: at its lowest level it
 * prints the bytes of every frame, secrets included. Failures reach the user as the status of the
 * call.
 */
public final class QuietLogging extends InternalLoggerFactory {
  private QuietLogging() {}

  /** Takes effect for every class of the transport that is loaded afterwards. */
  public static void install() {
    InternalLoggerFactory.setDefaultFactory(new QuietLogging());
  }

  @Override
  protected InternalLogger newInstance(String name) {
    return (InternalLogger)
        Proxy.newProxyInstance(
            InternalLogger.class.getClassLoader(),
            new Class<?>[] {InternalLogger.class},
            (logger, method, arguments) -> answer(method, name));
  }

  private static @Nullable Object answer(Method method, String name) {
    if (method.getReturnType() == boolean.class) {
      return false;
    }
    return method.getReturnType() == String.class ? name : null;
  }
}
