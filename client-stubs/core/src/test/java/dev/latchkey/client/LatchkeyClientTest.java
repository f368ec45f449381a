package dev.latchkey.client;

import static dev.latchkey.client.FakeAgent.credential;
import static dev.latchkey.client.FakeAgent.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.latchkey.client.LatchkeyException.Reason;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client over a real Unix socket, against an agent in this process. */
final class LatchkeyClientTest {

  private static final String MARKER = "marker-7f3a91-do-not-log";

  @TempDir Path directory;
  private final FakeAgent agent = new FakeAgent();
  private final List<String> traceparents = new CopyOnWriteArrayList<>();
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private Server server;

  @BeforeEach
  void start() throws Exception {
    server = serve();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow().awaitTermination();
    var unused = loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
  }

  @Test
  void readsACredentialWithItsStateAndFields() {
    agent.publish(credential("orders-db", state("e1", 3, 9), "v3"));
    try (LatchkeyClient client = client()) {
      Credential read = client.get("orders-db");
      assertThat(read.text("value")).isEqualTo("v3");
      assertThat(read.state()).isEqualTo(new StateId("e1", 3, 9));
      assertThat(read.fieldNames()).containsExactly("value");
      assertThat(read.toString()).doesNotContain("v3");
    }
  }

  @Test
  void aBatchReportsOneFailureBesideTheOthersValues() {
    agent.publish(credential("a", state("e1", 1, 1), "va"));
    try (LatchkeyClient client = client()) {
      Map<String, Outcome<Credential>> all = client.getAll(List.of("a", "b", "a"));
      assertThat(all).containsOnlyKeys("a", "b");
      assertThat(Objects.requireNonNull(all.get("a")).orThrow().text("value")).isEqualTo("va");
      assertThatThrownBy(() -> Objects.requireNonNull(all.get("b")).orThrow())
          .isInstanceOfSatisfying(
              LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }
  }

  @Test
  void theReasonIsReadFromTheErrorDetails() {
    agent.refuse(
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.FAILED_PRECONDITION.value())
                .setMessage("the lease ended; rotate it")
                .addDetails(
                    Any.pack(
                        ErrorInfo.newBuilder()
                            .setDomain("latchkey.dev")
                            .setReason("LEASE_EXPIRED")
                            .build()))
                .addDetails(
                    Any.pack(
                        RetryInfo.newBuilder()
                            .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(7))
                            .build()))
                .build()));
    try (LatchkeyClient client = client()) {
      assertThatThrownBy(() -> client.get("a"))
          .hasMessage("the lease ended; rotate it")
          .isInstanceOfSatisfying(
              LatchkeyException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.LEASE_EXPIRED);
                assertThat(e.retryDelay()).contains(Duration.ofSeconds(7));
              });
    }
  }

  @Test
  void everyStatusBecomesAReason() {
    for (Status.Code code : Status.Code.values()) {
      if (code != Status.Code.OK) {
        LatchkeyException read =
            LatchkeyException.from(new StatusRuntimeException(code.toStatus()));
        assertThat(read.reason()).as(code.name()).isNotNull();
        assertThat(read.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void aMissingAgentIsUnavailableAtOnceAndFoundAtOnceWhenItComesBack() throws Exception {
    agent.publish(credential("a", state("e1", 1, 1), "va"));
    try (LatchkeyClient client = client()) {
      client.get("a");
      server.shutdownNow().awaitTermination();
      await().until(() -> !java.nio.file.Files.exists(socket()));
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> client.get("a"))
            .isInstanceOfSatisfying(
                LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
      }
      server = serve();
      assertThat(client.get("a").text("value")).isEqualTo("va");
    }
  }

  @Test
  void theApplicationsHeadersAreOnEachCallAndAThrowingSupplierCostsNothing() {
    agent.publish(credential("a", state("e1", 1, 1), "va"));
    try (LatchkeyClient client =
        LatchkeyClient.builder()
            .socket(socket())
            .headers(() -> Map.of("traceparent", "00-abc-def-01"))
            .build()) {
      client.get("a");
    }
    try (LatchkeyClient client =
        LatchkeyClient.builder()
            .socket(socket())
            .headers(
                () -> {
                  throw new IllegalStateException("no span");
                })
            .build()) {
      client.get("a");
    }
    assertThat(traceparents).containsExactly("00-abc-def-01");
  }

  @Test
  void closingEndsWatchesAndLeavesNoThread() {
    agent.publish(credential("a", state("e1", 1, 1), "va"));
    Set<Thread> before = clientThreads();
    LatchkeyClient client = client();
    Watch watch = client.watch(WatchRequest.of("a"), change -> {});
    watch.awaitCaughtUp(Duration.ofSeconds(10));
    assertThat(clientThreads()).hasSizeGreaterThan(before.size());
    client.close();
    client.close();
    await().untilAsserted(() -> assertThat(clientThreads()).isSubsetOf(before));
    assertThatThrownBy(() -> watch.current("a"))
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    assertThatThrownBy(() -> client.watch(WatchRequest.of("a"), change -> {}))
        .isInstanceOf(LatchkeyException.class);
  }

  @Test
  void noLoggerAtAnyLevelShowsAValueAndNothingWarns() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            String line = entry.getMessage() + java.util.Arrays.toString(entry.getParameters());
            lines.add(line + (entry.getThrown() == null ? "" : entry.getThrown()));
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
              warnings.add(line);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    Level before = root.getLevel();
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    try (LatchkeyClient client = client()) {
      agent.publish(credential("a", state("e1", 1, 1), MARKER));
      Watch watch = client.watch(WatchRequest.of("a"), change -> {});
      watch.awaitCaughtUp(Duration.ofSeconds(10));
      assertThat(watch.current("a").text("value")).isEqualTo(MARKER);
      assertThat(client.get("a").text("value")).isEqualTo(MARKER);
    } finally {
      root.removeHandler(handler);
      root.setLevel(before);
    }
    String hex =
        MARKER.chars().mapToObj(c -> String.format("%02x", c)).collect(Collectors.joining());
    assertThat(lines).isNotEmpty().noneMatch(l -> l.contains(MARKER) || l.contains(hex));
    assertThat(warnings).isEmpty();
  }

  private LatchkeyClient client() {
    return LatchkeyClient.builder().socket(socket()).build();
  }

  private Path socket() {
    return directory.resolve("agent.sock");
  }

  private Server serve() throws Exception {
    java.nio.file.Files.deleteIfExists(socket());
    QuietFrameLog.install();
    return NettyServerBuilder.forAddress(new DomainSocketAddress(socket().toFile()))
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .withChildOption(ChannelOption.SO_KEEPALIVE, null)
        .intercept(new HeaderRecorder())
        .addService(agent)
        .build()
        .start();
  }

  private static Set<Thread> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("latchkey-"))
        .collect(Collectors.toSet());
  }

  private final class HeaderRecorder implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String value = headers.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER));
      if (value != null) {
        traceparents.add(value);
      }
      return next.startCall(call, headers);
    }
  }
}
