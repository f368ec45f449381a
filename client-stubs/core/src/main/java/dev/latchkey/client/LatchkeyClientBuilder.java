package dev.latchkey.client;

import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects how a {@link LatchkeyClient} reaches its agent. Not safe for several threads. */
public final class LatchkeyClientBuilder {

  private @Nullable Path socket;
  private @Nullable ManagedChannel channel;
  private Duration callTimeout = Duration.ofSeconds(10);
  private ReconnectDelay reconnect =
      new ReconnectDelay(Duration.ofMillis(100), Duration.ofSeconds(1));
  private Supplier<Map<String, String>> headers = Map::of;

  LatchkeyClientBuilder() {}

  /** The agent's socket. By default {@link AgentSocket#find} says where it is. */
  public LatchkeyClientBuilder socket(Path path) {
    socket = Objects.requireNonNull(path, "path");
    return this;
  }

  /** A channel to use instead of a socket, for tests. The caller keeps it and shuts it down. */
  public LatchkeyClientBuilder channel(ManagedChannel anyChannel) {
    channel = Objects.requireNonNull(anyChannel, "anyChannel");
    return this;
  }

  /** How long a call may take; 10 seconds unless set. A watch has no such bound. */
  public LatchkeyClientBuilder callTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the call timeout is not positive");
    }
    callTimeout = timeout;
    return this;
  }

  /**
   * The bounds of a watch's waits between attempts: the first doubles up to the longest, and each
   * wait is a random part of its bound. 100 milliseconds and 1 second unless set: a socket of this
   * machine costs nothing to try, and an agent that restarts within an overlap has the rest of it
   * to tell everybody. Ten times as long after a refusal, and no shorter than the agent asks for.
   */
  public LatchkeyClientBuilder reconnectBackoff(Duration first, Duration longest) {
    reconnect = new ReconnectDelay(first, longest);
    return this;
  }

  /**
   * Headers for each call, such as {@code traceparent} of the span at hand. Asked on the calling
   * thread, for a watch at each attempt to connect; what it throws is ignored, and the call goes on
   * without headers.
   */
  public LatchkeyClientBuilder headers(Supplier<Map<String, String>> supplier) {
    headers = Objects.requireNonNull(supplier, "supplier");
    return this;
  }

  /**
   * The client. Connects at the first call, so a missing agent shows there and not here.
   *
   * @throws LatchkeyException {@code UNSUPPORTED_PLATFORM} where gRPC has no Unix domain sockets
   */
  public LatchkeyClient build() {
    return new LatchkeyClient(
        socket == null && channel == null ? AgentSocket.find() : socket,
        channel,
        callTimeout,
        reconnect,
        headers);
  }
}
