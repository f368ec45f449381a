package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketPathTest {

  @TempDir private Path directory;

  private Path leaveStaleSocket() throws IOException {
    Path run = Files.createDirectory(directory.resolve("run"));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
    Path socket = run.resolve("agent.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    return socket;
  }

  @Test
  void removesAStaleSocketUnderTheLockOnly() throws IOException {
    Path socket = leaveStaleSocket();
    SocketPath path = SocketPath.operator(socket);
    assertThatThrownBy(() -> path.prepare(false))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("running agent");
    assertThat(socket).exists();
    path.prepare(true);
    assertThat(socket).doesNotExist();
  }

  @Test
  void neverRemovesWhatIsNoSocket() throws IOException {
    Path socket = leaveStaleSocket();
    Files.delete(socket);
    Files.writeString(socket, "precious");
    assertThatThrownBy(() -> SocketPath.operator(socket).prepare(true))
        .hasMessageContaining("no socket");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void refusesADirectoryThatLetsOthersInAndSaysWhatToDo() throws IOException {
    Path socket = leaveStaleSocket();
    Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> SocketPath.application(socket, Optional.empty()).prepare(true))
        .hasMessageContaining("chmod 0700");
  }

  @Test
  void givesTheDirectoryToTheGroup() throws IOException {
    String group =
        Files.readAttributes(directory, java.nio.file.attribute.PosixFileAttributes.class)
            .group()
            .getName();
    Path socket = directory.resolve("made/agent.sock");
    SocketPath.application(socket, Optional.of(group)).prepare(true);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwxr-x---");
  }

  @Test
  void refusesAPathThatTheKernelWouldCut() {
    assertThatThrownBy(() -> SocketPath.operator(Path.of("/" + "x".repeat(107))))
        .hasMessageContaining("shorter path");
  }
}
