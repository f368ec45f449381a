package dev.latchkey.agent.backend.vault;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes a body as another subscriber does, up to a bound. Called by one thread at a time. */
final class BoundedBody<T> implements BodySubscriber<T> {

  /** The body is greater than the bound. */
  static final class TooLarge extends IOException {

    private static final long serialVersionUID = 1L;

    TooLarge(long bound) {
      super("the answer is greater than " + bound + " bytes");
    }
  }

  private final BodySubscriber<T> taker;
  private final long bound;
  private long taken;
  private @Nullable Subscription source;

  private BoundedBody(BodySubscriber<T> taker, long bound) {
    this.taker = taker;
    this.bound = bound;
  }

  static <T> BodyHandler<T> handler(BodyHandler<T> taker, long bound) {
    return head -> new BoundedBody<>(taker.apply(head), bound);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    taker.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    boolean over = taken > bound;
    taken += bytes.stream().mapToLong(ByteBuffer::remaining).sum();
    if (taken <= bound) {
      taker.onNext(bytes);
    } else if (!over) {
      taker.onError(new TooLarge(bound));
      if (source != null) {
        source.cancel();
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    taker.onError(failure);
  }

  @Override
  public void onComplete() {
    if (taken <= bound) {
      taker.onComplete();
    }
  }

  @Override
  public CompletionStage<T> getBody() {
    return taker.getBody();
  }
}
