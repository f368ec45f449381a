package dev.latchkey.agent.config;

import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.machine.AccountsFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Reads {@code /etc/passwd} and {@code /etc/group}, then asks {@code getent} for what a directory
 * service knows, where there is that program. One that fails or does not answer is no word that
 * there is no such account.
 */
public final class EtcAccounts implements Accounts {

  private static final int NUMBER = 2;

  /** With which {@code getent} says that nothing is called so. */
  private static final int NO_SUCH_ENTRY = 2;

  private static final double MILLIS_PER_SECOND = 1000;

  /** The greatest uid and gid; the one after it stands for none. */
  private static final long GREATEST = 4_294_967_294L;

  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** No entry of an account is larger, however many members a group has. */
  private static final int LARGEST = 16 << 20;

  private final Path etc;
  private final String getent;
  private final Duration longest;

  /** The accounts of this machine. */
  public EtcAccounts() {
    this(Path.of("/etc"), "getent", LONGEST);
  }

  EtcAccounts(Path etc, String getent, Duration longest) {
    this.etc = etc;
    this.getent = getent;
    this.longest = longest;
  }

  @Override
  public OptionalInt uid(String user) {
    return find("passwd", user);
  }

  @Override
  public OptionalInt gid(String group) {
    return find("group", group);
  }

  private OptionalInt find(String database, String name) {
    OptionalInt local = number(file(etc.resolve(database)), name);
    return local.isPresent() ? local : number(getent(database, name), name);
  }

  private static OptionalInt number(List<String> lines, String name) {
    return lines.stream()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length > NUMBER && fields[0].equals(name))
        .map(fields -> fields[NUMBER])
        .filter(number -> number.matches("\\d{1,10}"))
        .mapToLong(Long::parseLong)
        .filter(number -> number <= GREATEST)
        .mapToInt(number -> (int) number)
        .findFirst();
  }

  private static List<String> file(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.toList();
    } catch (IOException absent) {
      return List.of();
    }
  }

  private List<String> getent(String database, String name) {
    if (name.startsWith("-")) {
      return List.of();
    }
    String asked = "getent " + database + " " + name;
    Process process;
    try {
      process =
          new ProcessBuilder(getent, database, name)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException noSuchProgram) {
      return List.of();
    }
    try {
      return answer(asked, process);
    } catch (TimeoutException late) {
      throw new AccountsFailed(
          asked + " did not answer within " + longest.toMillis() / MILLIS_PER_SECOND + " s");
    } catch (IOException | ExecutionException unreadable) {
      throw new AccountsFailed(asked + " could not be read");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AccountsFailed(asked + " was interrupted");
    }
  }

  /** Read while it runs, since a process that writes more than a pipe holds waits for a reader. */
  private List<String> answer(String asked, Process process)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    try {
      process.getOutputStream().close();
      FutureTask<byte[]> output =
          new FutureTask<>(() -> process.getInputStream().readNBytes(LARGEST));
      Thread _ = Thread.ofVirtual().name("latchkey-getent").start(output);
      byte[] bytes = output.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      if (process.exitValue() != 0 && process.exitValue() != NO_SUCH_ENTRY) {
        throw new AccountsFailed(asked + " failed with code " + process.exitValue());
      }
      return new String(bytes, StandardCharsets.ISO_8859_1).lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
