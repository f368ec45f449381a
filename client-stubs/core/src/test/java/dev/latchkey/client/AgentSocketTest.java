package dev.latchkey.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.client.LatchkeyException.Reason;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent is looked for where it is, and a directory that others may write to is not trusted. */
class AgentSocketTest {

  @TempDir Path directory;

  @Test
  void whatTheEnvironmentNamesWins() {
    assertThat(find(Map.of("LATCHKEY_SOCKET", "/e/a.sock"), false)).isEqualTo(Path.of("/e/a.sock"));
    assertThat(find(Map.of("LATCHKEY_DEV_DIR", "/d"), true))
        .isEqualTo(Path.of("/run/latchkey/agent.sock"));
    assertThat(find(Map.of("LATCHKEY_DEV_DIR", "/d"), false)).isEqualTo(Path.of("/d/agent.sock"));
    assertThat(find(Map.of("XDG_RUNTIME_DIR", "/x"), false))
        .isEqualTo(Path.of("/x/latchkey/agent.sock"));
    assertThat(find(Map.of(), false).toString()).matches("/tmp/latchkey-\\d+/agent.sock");
  }

  @Test
  void onlyAGuessedDirectoryIsDoubtful() {
    Path guessed = find(Map.of(), false);
    assertThat(AgentSocket.doubtful(Map.of(), guessed)).contains(guessed.getParent());
    assertThat(AgentSocket.doubtful(Map.of(), Path.of("/run/latchkey/agent.sock"))).isEmpty();
    assertThat(AgentSocket.doubtful(Map.of("LATCHKEY_SOCKET", "" + guessed), guessed)).isEmpty();
    Map<String, String> named = Map.of("LATCHKEY_DEV_DIR", "" + guessed.getParent());
    assertThat(AgentSocket.doubtful(named, guessed)).isEmpty();
    assertThat(
            AgentSocket.doubtful(
                Map.of("XDG_RUNTIME_DIR", "/x"), Path.of("/x/latchkey/operator/operator.sock")))
        .contains(Path.of("/x/latchkey"));
  }

  @Test
  void anAgentInADirectoryThatOthersMayWriteToIsNotAsked() throws Exception {
    FakeAgent agent = new FakeAgent();
    agent.publish(FakeAgent.credential("a", FakeAgent.state("e", 1, 1), "v"));
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Path socket = directory.resolve("agent.sock");
    Server server = serve(agent, socket, loop);
    try {
      mode("rwx------");
      assertThat(ask(socket)).isEqualTo("v");
      mode("rwxrwxrwx");
      assertThatThrownBy(() -> ask(socket))
          .isInstanceOfSatisfying(
              LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
          .hasMessageContaining(directory + " is not a directory of this user alone");
      mode("rwx------");
      if (gaveAway(directory)) {
        assertThatThrownBy(() -> ask(socket)).hasMessageContaining("of this user alone");
      }
    } finally {
      server.shutdownNow().awaitTermination();
      loop.shutdownGracefully().get();
    }
  }

  private static Server serve(FakeAgent agent, Path socket, EventLoopGroup loop)
      throws IOException {
    return NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
        .channelType(EpollServerDomainSocketChannel.class)
        .withChildOption(ChannelOption.SO_KEEPALIVE, null)
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .addService(agent)
        .build()
        .start();
  }

  private String ask(Path socket) {
    var threads = Surroundings.callbackThreads();
    try (AgentChannel channel = AgentChannel.open(socket, threads, Optional.of(directory));
        LatchkeyClient client =
            LatchkeyClient.builder()
                .channel(channel.channel())
                .callTimeout(Duration.ofSeconds(20))
                .build()) {
      return client.get("a").text("value");
    } finally {
      threads.shutdownNow();
    }
  }

  private void mode(String mode) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
  }

  private static boolean gaveAway(Path directory) {
    try {
      Files.setAttribute(directory, "unix:uid", 54322);
      return true;
    } catch (IOException notRoot) {
      return false;
    }
  }

  private static Path find(Map<String, String> environment, boolean onHost) {
    return AgentSocket.find(environment, path -> onHost, "LATCHKEY_SOCKET", "agent.sock");
  }
}
