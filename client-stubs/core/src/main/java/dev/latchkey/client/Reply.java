package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one answer of a unary call, on its way to a future. Cancelling the future cancels the call.
 *
 * @param <Q> the request
 * @param <A> the answer
 */
final class Reply<Q, A> implements ClientResponseObserver<Q, A> {

  private final CompletableFuture<A> answer = new CompletableFuture<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;
  private @Nullable A value;

  /** The future of what {@code read} makes of the answer. */
  <T> CompletableFuture<T> map(Function<A, T> read) {
    CompletableFuture<T> mapped = new CompletableFuture<>();
    CompletableFuture<T> unused =
        mapped.whenComplete(
            (done, failure) -> {
              ClientCallStreamObserver<Q> started = call;
              if (mapped.isCancelled() && started != null) {
                started.cancel("the caller gave up", null);
              }
            });
    relay(read, mapped);
    return mapped;
  }

  private <T> void relay(Function<A, T> read, CompletableFuture<T> mapped) {
    CompletableFuture<A> unused =
        answer.whenComplete(
            (got, failure) -> {
              if (failure != null) {
                mapped.completeExceptionally(LatchkeyException.from(failure));
                return;
              }
              try {
                mapped.complete(read.apply(got));
              } catch (IllegalArgumentException malformed) {
                mapped.completeExceptionally(
                    new LatchkeyException(
                        Reason.INTERNAL, "The agent's answer is malformed", null, malformed));
              }
            });
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
  }

  @Override
  public void onNext(A message) {
    value = message;
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    A got = value;
    if (got == null) {
      answer.completeExceptionally(
          new LatchkeyException(Reason.INTERNAL, "The agent answered without a message"));
    } else {
      answer.complete(got);
    }
  }
}
