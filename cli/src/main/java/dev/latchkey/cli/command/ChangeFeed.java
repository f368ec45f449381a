package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.socket.AgentConnection;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Tells which version of each secret is fresh and current, again after every loss of the agent, and
 * for ever. It watches without values, so it holds none.
 */
final class ChangeFeed implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Path socket;
  private final WatchCredentialsRequest request;
  private final BiConsumer<String, String> listener;
  private final PrintStream err;
  private final RandomGenerator random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private Duration delay = SHORTEST;
  private String said = "";

  ChangeFeed(
      Path socket,
      Set<String> names,
      BiConsumer<String, String> listener,
      PrintStream err,
      RandomGenerator random) {
    this.socket = socket;
    this.listener = listener;
    this.err = err;
    this.random = random;
    WatchCredentialsRequest.Builder asked =
        WatchCredentialsRequest.newBuilder().setMetadataOnly(true);
    names.forEach(name -> asked.addSecrets(WatchedSecret.newBuilder().setName(name)));
    this.request = asked.build();
  }

  /**
   * Begins to follow, and returns when that was granted.
   *
   * @throws CommandFailure when it was denied
   */
  void start() {
    Thread.ofPlatform().daemon().name("latchkey-changes").start(this::followForEver);
    try {
      begun.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CommandFailure denied ? denied : e;
    }
  }

  /** A version as a text that differs from every other's. */
  static String version(Credential credential) {
    return credential.getState().getEpoch() + "/" + credential.getState().getVersion();
  }

  private void followForEver() {
    while (!isClosedAfter(Duration.ZERO)) {
      try {
        follow();
      } catch (StatusRuntimeException e) {
        failed(StatusFailures.of(e.getStatus(), socket));
      } catch (CommandFailure e) {
        failed(e);
      }
      if (isClosedAfter(Duration.ofNanos(random.nextLong(delay.toNanos()) + 1))) {
        return;
      }
      delay = delay.multipliedBy(2).compareTo(LONGEST) < 0 ? delay.multipliedBy(2) : LONGEST;
    }
  }

  private void follow() {
    try (AgentConnection connection = AgentConnection.open(socket)) {
      Iterator<WatchCredentialsResponse> events =
          LatchkeyGrpc.newBlockingStub(connection.channel()).watchCredentials(request);
      while (events.hasNext()) {
        take(events.next());
        begun.complete(true);
        delay = SHORTEST;
      }
    }
  }

  private void take(WatchCredentialsResponse event) {
    Credential credential = event.getChanged().getCredential();
    if (event.hasChanged() && !event.getChanged().getPending() && !credential.getStale()) {
      listener.accept(credential.getName(), version(credential));
    }
  }

  /** What heals by itself is not told; the child goes on with what it has. */
  private void failed(CommandFailure failure) {
    if (failure.exitCode() == ExitCode.UNAVAILABLE) {
      begun.complete(true);
      return;
    }
    if (!begun.completeExceptionally(failure) && !failure.what().equals(said)) {
      said = failure.what();
      err.println("latchkey exec: changes are not heard of: " + Characters.printable(said));
      err.flush();
    }
  }

  private boolean isClosedAfter(Duration pause) {
    try {
      return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
