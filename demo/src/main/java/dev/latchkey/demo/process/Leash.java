package dev.latchkey.demo.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Ends this process when its standard input ends, which the kernel sees to even when the parent was
 * killed.
 *
 * <p>As a main class it runs another one: {@code Leash MAIN-CLASS ARGUMENT...}. The program under
 * it is ended as by SIGTERM, so its shutdown hooks run.
 */
public final class Leash {

  private Leash() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    if (args.length == 0) {
      throw new IllegalArgumentException("the name of a main class is missing");
    }
    hold(System.in);
    run(args[0], Arrays.copyOfRange(args, 1, args.length));
  }

  /** Discards {@code input} on this thread, and exits with 0 at its end. */
  public static void untilEnd(InputStream input) {
    try (input) {
      while (input.read() >= 0) {
        // Nothing is expected here: whatever comes is no reason to end.
      }
    } catch (IOException broken) {
      // A pipe that cannot be read has no parent at its other end.
    }
    System.exit(0);
  }

  /** The same on a thread of its own, which keeps no program alive. */
  public static void hold(InputStream input) {
    Thread.ofPlatform().daemon().name("leash").start(() -> untilEnd(input));
  }

  private static void run(String mainClass, String[] args) throws ReflectiveOperationException {
    try {
      Class.forName(mainClass).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException thrown) {
      throw new IllegalStateException(mainClass + " ended with an exception", thrown.getCause());
    }
  }
}
