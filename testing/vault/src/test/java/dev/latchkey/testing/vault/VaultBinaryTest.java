package dev.latchkey.testing.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultBinaryTest {

  @TempDir Path directory;
  private Path first = Path.of("");
  private Path second = Path.of("");
  private Path root = Path.of("");

  @BeforeEach
  void makesRoom() throws IOException {
    first = Files.createDirectory(directory.resolve("first"));
    second = Files.createDirectory(directory.resolve("second"));
    root = Files.createDirectory(directory.resolve("root"));
  }

  @Test
  void theVariableIsBeforeWhatIsOnThePath() throws IOException {
    program(first.resolve("vault"), "");

    assertThat(found(Map.of("PATH", first.toString(), VaultBinary.VARIABLE, "/opt/bao")))
        .contains(Path.of("/opt/bao"));
  }

  @Test
  void anEmptyVariableNamesNothing() throws IOException {
    Path bao = program(first.resolve("bao"), "");

    assertThat(found(Map.of("PATH", first.toString(), VaultBinary.VARIABLE, ""))).contains(bao);
  }

  @Test
  void thePathIsSearchedInItsOrderForEitherName() throws IOException {
    Path bao = program(first.resolve("bao"), "");
    program(second.resolve("vault"), "");
    Files.createFile(second.resolve("bao"));

    assertThat(found(Map.of("PATH", "::" + first + ":" + second))).contains(bao);
  }

  @Test
  void whatCannotBeExecutedIsNoServer() throws IOException {
    Files.createFile(first.resolve("vault"));

    assertThat(found(Map.of("PATH", first.toString()))).isEmpty();
  }

  @Test
  void theBuiltServerIsTheLastAndIsNotBuiltUnasked() throws IOException {
    Files.createDirectory(root.resolve("bin"));
    program(
        root.resolve("bin/vault-server-build"),
        "if [ \"$1\" = --check ]; then echo /checked; else echo /built; fi");

    assertThat(found(Map.of())).contains(Path.of("/checked"));
    assertThat(VaultBinary.find(Map.of(), root, VaultBinary.Build.IF_MISSING))
        .contains(new VaultBinary(Path.of("/built")));
  }

  @Test
  void aServerThatIsNotBuiltIsNone() throws IOException {
    Files.createDirectory(root.resolve("bin"));
    program(root.resolve("bin/vault-server-build"), "exit 1");

    assertThat(found(Map.of())).isEmpty();
  }

  private Optional<Path> found(Map<String, String> environment) {
    return VaultBinary.find(environment, root, VaultBinary.Build.NEVER).map(VaultBinary::path);
  }

  private static Path program(Path path, String line) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + line + "\n");
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }
}
