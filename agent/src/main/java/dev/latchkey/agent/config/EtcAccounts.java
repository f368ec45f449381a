package dev.latchkey.agent.config;

import dev.latchkey.agent.machine.Accounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Reads {@code /etc/passwd} and {@code /etc/group}, then asks {@code getent} for what a directory
 * service knows.
 */
public final class EtcAccounts implements Accounts {

  private static final int NUMBER = 2;

  /** The greatest uid and gid; the one after it stands for none. */
  private static final long GREATEST = 4_294_967_294L;

  private static final long GETENT_SECONDS = 5;

  private final Path etc;

  /** The accounts of this machine. */
  public EtcAccounts() {
    this(Path.of("/etc"));
  }

  EtcAccounts(Path etc) {
    this.etc = etc;
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

  private static List<String> getent(String database, String name) {
    if (name.startsWith("-")) {
      return List.of();
    }
    try {
      Process process =
          new ProcessBuilder("getent", database, name)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(GETENT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return List.of();
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
          .lines()
          .toList();
    } catch (IOException absent) {
      return List.of();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
