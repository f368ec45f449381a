package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The signals that this process takes, to pass them on.
 *
 * <p>The virtual machine keeps QUIT for itself. One that the caller ignores, as {@code nohup} does,
 * stays ignored, here and in the child. The library's class for this is called by name, because the
 * compiler warns of every other use of it.
 */
public final class Signals {
  static final int HUP = 1;
  static final int INT = 2;
  static final int KILL = 9;
  static final int TERM = 15;
  static final int CONT = 18;

  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "HUP", HUP, "INT", INT, "QUIT", 3, "KILL", KILL, "USR1", 10, "USR2", 12, "TERM", TERM,
          "CONT", CONT, "WINCH", 28);

  private Signals() {}

  /**
   * The number of a signal that is written like {@code HUP} or {@code SIGHUP}.
   *
   * @throws CommandFailure USAGE when there is no such signal
   */
  public static int number(String name) {
    String plain = name.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    Integer number = NUMBERS.get(plain);
    if (number == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "'" + name + "' is no signal that can be sent",
          "Name one of HUP, INT, QUIT, TERM, USR1, USR2, WINCH, CONT, KILL.");
    }
    return number;
  }

  /** Hands over each of HUP, INT, TERM, USR1, USR2, WINCH and CONT that comes from now on. */
  static void take(IntConsumer taker) {
    for (String name : new String[] {"HUP", "INT", "TERM", "USR1", "USR2", "WINCH", "CONT"}) {
      take(name, taker);
    }
  }

  private static void take(String name, IntConsumer taker) {
    int number = number(name);
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  taker.accept(number);
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException e) {
      throw new CommandFailure(ExitCode.FAILED, "the signal " + name + " cannot be taken here", "");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this virtual machine hands over no signals", e);
    }
  }
}
