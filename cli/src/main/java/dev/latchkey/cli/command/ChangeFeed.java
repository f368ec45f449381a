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
import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Tells which version of each secret is fresh and current, again after every loss of the agent, and
 * for ever. It watches without values, so it holds none.
 */
final class ChangeFeed implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Supplier<AgentConnection> opening;
  private final WatchCredentialsRequest request;
  private final BiConsumer<String, String> listener;
  private final PrintStream err;
  private final RandomGenerator random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private Duration delay = SHORTEST;
  private String said = "";

  ChangeFeed(
      Supplier<AgentConnection> opening,
      Set<String> names,
      BiConsumer<String, String> listener,
      PrintStream err,
      RandomGenerator random) {
    this.opening = opening;
    this.listener = listener;
    this.err = err;
    this.random = random;
    WatchCredentialsRequest.Builder asked =
        WatchCredentialsRequest.newBuilder().setMetadataOnly(true);
    names.forEach(name -> asked.addSecrets(WatchedSecret.newBuilder().setName(name)));
    this.request = asked.build();
  }

  /**
   * Begins to follow, and returns when what stands was told; or after {@code bound}, as when the
   * agent is away.
   *
   * @throws CommandFailure when it was denied
   */
  void start(Duration bound) {
    Thread.ofPlatform().daemon().name("latchkey-changes").start(this::followForEver);
    try {
      begun.get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      begun.complete(true);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure denied
          ? denied
          : new CommandFailure(ExitCode.FAILED, "the watch did not begin", "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted", "");
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
      } catch (CommandFailure e) {
        failed(e);
      } catch (RuntimeException | Error e) {
        // Ending here would mean that no change is ever heard of again.
        failed(
            new CommandFailure(ExitCode.FAILED, "unexpected " + e.getClass().getSimpleName(), ""));
      }
      if (isClosedAfter(Duration.ofNanos(random.nextLong(delay.toNanos()) + 1))) {
        return;
      }
      delay = delay.multipliedBy(2).compareTo(LONGEST) < 0 ? delay.multipliedBy(2) : LONGEST;
    }
  }

  private void follow() {
    try (AgentConnection connection = opening.get()) {
      try {
        Iterator<WatchCredentialsResponse> events =
            LatchkeyGrpc.newBlockingStub(connection.channel()).watchCredentials(request);
        while (events.hasNext()) {
          take(events.next());
          delay = SHORTEST;
        }
        begun.complete(true);
      } catch (StatusRuntimeException e) {
        throw StatusFailures.of(e.getStatus(), connection.socket());
      }
    }
  }

  private void take(WatchCredentialsResponse event) {
    Credential credential = event.getChanged().getCredential();
    if (event.hasChanged() && !event.getChanged().getPending() && !credential.getStale()) {
      listener.accept(credential.getName(), version(credential));
    }
    if (event.hasCaughtUp()) {
      begun.complete(true);
    }
  }

  /** What heals by itself is not told; the child goes on with what it has. */
  private void failed(CommandFailure failure) {
    if (failure.mayPass()) {
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
