package dev.latchkey.cli.child;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals that this process takes, to pass them on.
 *
 * <p>The virtual machine keeps QUIT for itself, and the default of PIPE. Of the others, one that
 * the caller ignores, as {@code nohup} does, stays ignored, here and in the child. The library's
 * class for this is called by name, because the compiler warns of every other use of it.
 */
public final class Signals {
  static final int HUP = 1;
  static final int INT = 2;
  static final int KILL = 9;
  static final int TERM = 15;
  static final int CONT = 18;
  static final int STOP = 19;
  static final int TSTP = 20;
  static final int TTOU = 22;

  private static final List<String> ENDS = List.of("HUP", "INT", "TERM");
  private static final List<String> TAKEN =
      List.of("HUP", "INT", "TERM", "USR1", "USR2", "WINCH", "CONT", "TSTP");
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "HUP", HUP, "INT", INT, "QUIT", 3, "KILL", KILL, "USR1", 10, "USR2", 12, "TERM", TERM,
          "CONT", CONT, "WINCH", 28);

  /** Asked for where a change is to end the command: nobody waits for their handlers. */
  private static final Set<Integer> ENDING = Set.of(INT, 3, KILL, TERM);

  private static final long FLUSH_SECONDS = 1;

  private static volatile IntConsumer taker = signal -> {};

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

  /** What a signal is called. */
  static String name(int signal) {
    return NUMBERS.entrySet().stream()
        .filter(one -> one.getValue() == signal)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("" + signal);
  }

  /** Whether a signal asks a program to end, also one that has no handler for it. */
  static boolean ends(int signal) {
    return ENDING.contains(signal);
  }

  /**
   * Hands over each of HUP, INT, TERM, USR1, USR2, WINCH, CONT and TSTP that comes from now on, and
   * does not return when one that came before is ending this process.
   */
  static void take(IntConsumer given) {
    taker = given;
    TAKEN.forEach(Signals::take);
    settle();
  }

  /**
   * Has this process end at once by HUP, INT and TERM, without the machine, and does not return
   * when one that came before is ending it: none is lost on the way to another program.
   */
  static void letGo() {
    ENDS.forEach(name -> Posix.letEnd(number(name)));
    settle();
  }

  /** Stops this process and all of its group, as the key of a terminal would. */
  static void stopOwnGroup() {
    boolean ignored = Posix.ignore(TSTP);
    Posix.kill(0, TSTP);
    if (!ignored) {
      handleTaken("TSTP");
    }
    Posix.kill((int) ProcessHandle.current().pid(), STOP);
  }

  private static void take(String name) {
    if (!OwnProcess.ignores(numberOf(name))) {
      handleTaken(name);
    }
  }

  private static void handleTaken(String name) {
    int number = numberOf(name);
    handle(name, handler(() -> taker.accept(number)));
  }

  private static int numberOf(String name) {
    return name.equals("TSTP") ? TSTP : number(name);
  }

  /**
   * The machine hands signals over by a thread, lowest number first. One more of a high number is
   * sent behind those that may be waiting; then the threads that handle those are waited for.
   */
  private static void settle() {
    CountDownLatch seen = new CountDownLatch(1);
    Object before = handle("WINCH", handler(seen::countDown));
    raise("WINCH");
    try {
      if (seen.await(FLUSH_SECONDS, TimeUnit.SECONDS)) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
          if (thread.getName().matches("SIG(HUP|INT|TERM) handler")) {
            thread.join();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (before != null) {
        handle("WINCH", before);
      }
    }
  }

  private static Object handler(Runnable work) {
    return Proxy.newProxyInstance(
        Signals.class.getClassLoader(),
        new Class<?>[] {library("SignalHandler")},
        (self, method, arguments) -> {
          if (method.getName().equals("handle")) {
            work.run();
          }
          return null;
        });
  }

  /** Sets a handler; the one before. */
  private static @Nullable Object handle(String name, Object handler) {
    try {
      return library("Signal")
          .getMethod("handle", library("Signal"), library("SignalHandler"))
          .invoke(null, signal(name), handler);
    } catch (InvocationTargetException e) {
      throw new CommandFailure(ExitCode.FAILED, "the signal " + name + " cannot be taken here", "");
    } catch (ReflectiveOperationException e) {
      throw missing(e);
    }
  }

  private static void raise(String name) {
    try {
      library("Signal").getMethod("raise", library("Signal")).invoke(null, signal(name));
    } catch (ReflectiveOperationException e) {
      throw missing(e);
    }
  }

  private static Object signal(String name) throws ReflectiveOperationException {
    return library("Signal").getConstructor(String.class).newInstance(name);
  }

  private static Class<?> library(String name) {
    try {
      return Class.forName("sun.misc." + name);
    } catch (ClassNotFoundException e) {
      throw missing(e);
    }
  }

  private static IllegalStateException missing(ReflectiveOperationException e) {
    return new IllegalStateException("this virtual machine hands over no signals", e);
  }
}
