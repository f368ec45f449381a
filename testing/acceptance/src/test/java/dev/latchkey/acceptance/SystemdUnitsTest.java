package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units of {@code deploy/systemd}, judged by systemd itself. */
class SystemdUnitsTest {

  /** The exposure that the agent's unit has, of 100: it may only become less. */
  private static final int EXPOSURE = 14;

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
    assertThat(security(EXPOSURE)).extracting(Ran::exit).isEqualTo(0);
    assertThat(security(EXPOSURE - 1).exit()).as("the bound is exact").isNotZero();
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
    change("latchkey.service", change);
    assertThat(security(EXPOSURE).exit()).isNotZero();
  }

  private Ran verify(String unit) {
    return Ran.of(
        List.of("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path(unit)));
  }

  private Ran security(int threshold) {
    return Ran.of(
        List.of(
            "systemd-analyze",
            "security",
            "--no-pager",
            "--offline=true",
            "--threshold=" + threshold,
            path("latchkey.service")));
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
