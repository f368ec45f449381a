package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The units of {@code deploy/systemd}, judged by systemd itself. */
class SystemdUnitsTest {

  /** The most that the agent's unit may be exposed, of 100. */
  private static final int EXPOSURE = 14;

  private static final Pattern LEVEL =
      Pattern.compile("Overall exposure level for latchkey.service: (\\d+)\\.(\\d)");
  private static final String INSTALLED = "/opt/latchkey/bin/latchkey";

  @TempDir Path directory;

  /** The units name programs by where they are installed; here they lie in the checkout. */
  @BeforeEach
  void copyUnits() throws IOException {
    Precondition.require(Ran.isThere("systemd-analyze"), "systemd-analyze, of the package systemd");
    try (Stream<Path> units = Files.list(Installation.root().resolve("deploy/systemd"))) {
      units
          .filter(unit -> unit.toString().endsWith(".service"))
          .forEach(unit -> write(unit.getFileName().toString(), read(unit)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latchkey.service", "orders.service"})
  void systemdFindsNothingWrongWithAUnit(String unit) {
    assertThat(verify(unit)).isEqualTo(new Ran(0, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ProtectSystem=strict|ProtectSytem=strict",
        "ProtectSystem=strict|ProtectSystem=strickt",
        "SystemCallFilter=@system-service|SystemCallFilter=@system-servce",
        "/bin/latchkey agent|/bin/latchkee agent"
      })
  void systemdFindsWhatIsMisspelt(String change) {
    change("latchkey.service", change);
    assertThat(verify("latchkey.service").out()).contains("latchkey.service");
    assertThat(verify("latchkey.service").exit()).isNotZero();
  }

  @Test
  void theAgentIsExposedNoMoreThanItHasToBe() {
    assertThat(exposure()).isLessThanOrEqualTo(EXPOSURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NoNewPrivileges=yes|NoNewPrivileges=no",
        "CapabilityBoundingSet=|CapabilityBoundingSet=CAP_SYS_ADMIN",
        "ProtectSystem=strict|ProtectSystem=no",
        "SystemCallFilter=@system-service|SystemCallFilter=@system-service @mount",
        "User=latchkey|User=root"
      })
  void aUnitThatProtectsLessIsFound(String change) {
    int before = exposure();
    change("latchkey.service", change);
    assertThat(exposure()).isGreaterThan(before);
  }

  /** The start waits while the agent lives and what it needs is late, and for nothing else. */
  @ParameterizedTest
  @CsvSource({"5 5 0,true,0", "0,true,0", "3,true,3", "5 137,true,137", "5,false,0", "1,false,0"})
  void theStartIsOverWhenTheAgentIsReadyOrGone(String codes, boolean lives, int exit)
      throws Exception {
    Path left = Files.writeString(directory.resolve("codes"), codes.replace(' ', '\n') + "\n");
    Path latchkey = directory.resolve("latchkey");
    Files.writeString(
        latchkey,
        "#!/bin/sh\ncode=$(head -n 1 %1$s); sed -i 1d %1$s; exit \"$code\"\n".formatted(left));
    Files.setPosixFilePermissions(latchkey, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process agent = new ProcessBuilder("cat").start();
    try {
      if (!lives) {
        agent.destroyForcibly().waitFor();
      }
      Instant begun = Instant.now();
      Ran ran =
          Ran.of(
              List.of("/bin/sh", "-c", startPost().replace(INSTALLED, latchkey.toString())),
              Map.of("MAINPID", Long.toString(agent.pid())));
      assertThat(ran.exit()).as(ran.out()).isEqualTo(exit);
      assertThat(left).isEmptyFile();
      assertThat(Duration.between(begun, Instant.now()))
          .as("no loop without a pause")
          .isGreaterThanOrEqualTo(Duration.ofSeconds(lives ? codes.split(" ", -1).length - 1L : 0));
    } finally {
      agent.destroyForcibly();
    }
  }

  private static String startPost() {
    String begin = "ExecStartPost=/bin/sh -c '";
    return read(Installation.root().resolve("deploy/systemd/latchkey.service"))
        .lines()
        .filter(line -> line.startsWith(begin))
        .map(line -> line.substring(begin.length(), line.length() - 1))
        .findFirst()
        .orElseThrow();
  }

  private Ran verify(String unit) {
    return Ran.of(
        List.of("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path(unit)));
  }

  /** What systemd makes of the agent's unit, times ten; its versions differ a little in that. */
  private int exposure() {
    Ran judged =
        Ran.of(
            List.of(
                "systemd-analyze",
                "security",
                "--no-pager",
                "--offline=true",
                path("latchkey.service")));
    Matcher level = LEVEL.matcher(judged.out());
    assertThat(level.find()).as(judged.out()).isTrue();
    return Integer.parseInt(level.group(1)) * 10 + Integer.parseInt(level.group(2));
  }

  private String path(String unit) {
    return directory.resolve(unit).toString();
  }

  /** Replaces a line that has to be there. */
  private void change(String unit, String change) {
    String[] both = change.split("\\|", -1);
    String before = read(directory.resolve(unit));
    assertThat(before).contains(both[0] + (both[0].contains("latchkey agent") ? "" : "\n"));
    write(unit, before.replace(both[0], both[1]));
  }

  private static String read(Path unit) {
    try {
      return Files.readString(unit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String unit, String text) {
    try {
      Files.writeString(
          directory.resolve(unit), text.replace("/opt/latchkey/", Installation.root() + "/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
