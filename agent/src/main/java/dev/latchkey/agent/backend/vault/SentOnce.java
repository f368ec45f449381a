package dev.latchkey.agent.backend.vault;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An empty body that can be sent once.
 *
 * <p>The JDK's client repeats a GET by itself when its connection ends before the first byte of an
 * answer, although the server may have done what was asked, such as granting a lease. It has no
 * switch for one request; but it asks the body for its length each time it is about to send, and
 * gives up when that fails. A connection that could not be made is tried again all the same, since
 * nothing was sent on it.
 */
final class SentOnce implements HttpRequest.BodyPublisher {

  private final HttpRequest.BodyPublisher nothing = HttpRequest.BodyPublishers.noBody();
  private final AtomicBoolean sent = new AtomicBoolean();

  @Override
  public long contentLength() {
    if (!sent.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection ended without an answer; not sent again");
    }
    return nothing.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    nothing.subscribe(subscriber);
  }
}
