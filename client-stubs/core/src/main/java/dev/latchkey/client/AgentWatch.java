package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The watch that opens one stream after another and keeps the copy.
 *
 * <p>At any time there is at most one stream; what a stream says after another took its place is
 * not heard. A timer looks whether the agent was heard from, so that a stream to an agent that
 * hangs is left in time.
 */
final class AgentWatch implements Watch {

  private static final Duration FIRST_EVENT = Duration.ofSeconds(10);
  private static final Duration SHORTEST_SILENCE = Duration.ofMillis(100);

  /** How many times longer a watch waits after a refusal. */
  private static final int REFUSED = 10;

  private final WatchRequest request;
  private final Agent agent;
  private final Surroundings surroundings;
  private final ReconnectDelay delay;
  private final Runnable onClose;
  private final WatchedCopy copy;
  private final Deliveries deliveries;
  private final Acknowledgements acknowledgements;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private @Nullable Stream open;
  private @Nullable Runnable timer;
  private int failures;
  private volatile @Nullable LatchkeyException lastFailure;
  private volatile boolean closed;

  AgentWatch(
      WatchRequest request,
      WatchListener listener,
      Agent agent,
      Surroundings surroundings,
      ReconnectDelay delay,
      Runnable onClose) {
    this.request = request;
    this.agent = agent;
    this.surroundings = surroundings;
    this.delay = delay;
    this.onClose = onClose;
    copy = new WatchedCopy(request, surroundings.clock());
    deliveries = new Deliveries(listener, surroundings.executor());
    acknowledgements = new Acknowledgements(agent::acknowledge, surroundings, delay);
  }

  /** The calls that a watch makes; none blocks. */
  interface Agent {
    void watch(WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer);

    CompletableFuture<Void> acknowledge(String subscriptionId, String name, long version);
  }

  @Override
  public Credential current(String name) {
    refuseIfClosed();
    return copy.current(name);
  }

  @Override
  public Optional<Credential> pending(String name) {
    refuseIfClosed();
    return copy.pending(name);
  }

  @Override
  public CompletableFuture<Void> acknowledge(Credential credential) {
    if (!request.acknowledges()) {
      throw new IllegalStateException("the watch was not made with acknowledging()");
    }
    StateId held;
    synchronized (this) {
      held = copy.held().get(credential.name());
    }
    if (held == null || !held.sameEpoch(credential.state())) {
      return CompletableFuture.failedFuture(
          new LatchkeyException(Reason.CONFLICT, "The agent's epoch is another one by now"));
    }
    return acknowledgements.acknowledge(credential.name(), credential.state());
  }

  @Override
  public CompletableFuture<Void> caughtUp() {
    return caughtUp.copy();
  }

  @Override
  public void awaitCaughtUp(Duration timeout) {
    try {
      caughtUp.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LatchkeyException last = lastFailure;
      throw last != null
          ? new LatchkeyException(last.reason(), String.valueOf(last.getMessage()), null, last)
          : new LatchkeyException(
              Reason.DEADLINE_EXCEEDED, "The agent has not sent everything within " + timeout);
    } catch (ExecutionException e) {
      throw LatchkeyException.from(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LatchkeyException(Reason.CANCELLED, "Interrupted while waiting for the agent");
    }
  }

  @Override
  public void close() {
    Stream last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = open;
      open = null;
      setTimer(null);
    }
    if (last != null) {
      last.cancel();
    }
    deliveries.close();
    acknowledgements.close();
    caughtUp.completeExceptionally(new LatchkeyException(Reason.CLOSED, "The watch was closed"));
    onClose.run();
  }

  /** Opens the first stream, and each one after. */
  void connect() {
    Stream next = new Stream();
    WatchCredentialsRequest message;
    synchronized (this) {
      if (closed) {
        return;
      }
      open = next;
      next.held = copy.held();
      message = message(next.held);
      setTimer(surroundings.timers().schedule(FIRST_EVENT, () -> next.lookForLife(FIRST_EVENT)));
    }
    agent.watch(message, next);
  }

  private WatchCredentialsRequest message(Map<String, StateId> held) {
    WatchCredentialsRequest.Builder message =
        WatchCredentialsRequest.newBuilder()
            .setMetadataOnly(request.metadataOnly())
            .setPending(request.candidates())
            .setAcknowledges(request.acknowledges());
    for (String name : request.names()) {
      WatchedSecret.Builder secret = WatchedSecret.newBuilder().setName(name);
      StateId state = held.get(name);
      if (state != null) {
        secret.setHeld(Wire.state(state));
      }
      message.addSecrets(secret);
    }
    return message.build();
  }

  private synchronized void ended(Stream stream, LatchkeyException why) {
    if (open != stream || closed) {
      return;
    }
    open = null;
    lastFailure = why;
    failures++;
    if (why.reason() == Reason.DENIED) {
      copy.denied(why);
    }
    deliveries.disconnected(why);
    setTimer(surroundings.timers().schedule(waitAfter(why), this::connect));
  }

  /** An agent that is away is soon back; one that refuses is asked more seldom, and as it says. */
  private Duration waitAfter(LatchkeyException why) {
    Duration wait = delay.after(failures, surroundings.random());
    Duration patient = why.reason() == Reason.UNAVAILABLE ? wait : wait.multipliedBy(REFUSED);
    return why.retryDelay().filter(asked -> asked.compareTo(patient) > 0).orElse(patient);
  }

  private void setTimer(@Nullable Runnable cancellation) {
    if (timer != null) {
      timer.run();
    }
    timer = cancellation;
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new LatchkeyException(Reason.CLOSED, "The watch was closed");
    }
  }

  /** One stream. */
  private final class Stream
      implements ClientResponseObserver<WatchCredentialsRequest, WatchCredentialsResponse> {

    private Map<String, StateId> held = Map.of();
    private volatile @Nullable ClientCallStreamObserver<WatchCredentialsRequest> call;
    private volatile boolean cancelled;
    private boolean heard;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchCredentialsRequest> started) {
      call = started;
      if (cancelled) {
        started.cancel("not wanted any more", null);
      }
    }

    @Override
    public void onNext(WatchCredentialsResponse event) {
      try {
        synchronized (AgentWatch.this) {
          if (open == this) {
            copy.contact();
            hear(event);
          }
        }
      } catch (IllegalArgumentException malformed) {
        cancel();
        ended(
            this,
            new LatchkeyException(
                Reason.INTERNAL, "The agent sent a malformed event", null, malformed));
        return;
      }
      if (event.hasCaughtUp()) {
        caughtUp.complete(null);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended(this, LatchkeyException.from(failure));
    }

    @Override
    public void onCompleted() {
      ended(this, new LatchkeyException(Reason.UNAVAILABLE, "The agent ended the stream"));
    }

    void cancel() {
      cancelled = true;
      ClientCallStreamObserver<WatchCredentialsRequest> started = call;
      if (started != null) {
        started.cancel("not wanted any more", null);
      }
    }

    private void hear(WatchCredentialsResponse event) {
      switch (event.getEventCase()) {
        case STARTED -> {
          heard = true;
          copy.started();
          if (request.acknowledges()) {
            acknowledgements.started(event.getStarted().getSubscriptionId(), held);
          }
          deliveries.connected(event.getStarted().getEpoch());
          Duration patience = patience();
          setTimer(surroundings.timers().schedule(patience, () -> lookForLife(patience)));
        }
        case CHANGED -> changed(event.getChanged());
        case UNAVAILABLE -> {
          String name = event.getUnavailable().getName();
          LatchkeyException why = Failures.from(event.getUnavailable().getFailure());
          if (copy.unavailable(name, why)) {
            deliveries.unavailable(name, why);
          }
        }
        case CAUGHT_UP -> {
          copy.caughtUp();
          failures = 0;
          lastFailure = null;
          deliveries.caughtUp();
          Duration patience = patience();
          setTimer(surroundings.timers().schedule(patience, () -> lookForLife(patience)));
        }
        case EVENT_NOT_SET -> {
          // An event of a later release; the stream goes on.
        }
      }
    }

    private void changed(CredentialChanged message) {
      Credential credential = Wire.credential(message.getCredential());
      if (message.getPending()) {
        copy.announced(credential, message.getSkipped()).ifPresent(deliveries::pending);
        return;
      }
      copy.changed(credential, message.getSnapshot(), message.getSkipped())
          .ifPresent(
              change -> {
                acknowledgements.given(credential.name(), change.snapshot());
                deliveries.changed(change);
              });
    }

    /**
     * Half of the shortest bound, so that a renewed stream is heard from before a read must fail.
     */
    private Duration patience() {
      Duration half = copy.shortestMaxStale().dividedBy(2);
      return half.compareTo(SHORTEST_SILENCE) > 0 ? half : SHORTEST_SILENCE;
    }

    /**
     * Leaves a stream that has said nothing for long; an agent that lives answers the next one at
     * once.
     */
    private void lookForLife(Duration patience) {
      synchronized (AgentWatch.this) {
        if (open != this || closed) {
          return;
        }
        Duration silence = copy.sinceContact().orElse(patience);
        if (silence.compareTo(patience) < 0) {
          setTimer(
              surroundings
                  .timers()
                  .schedule(patience.minus(silence), () -> lookForLife(patience())));
          return;
        }
        if (!heard) {
          ended(
              this,
              new LatchkeyException(
                  Reason.DEADLINE_EXCEEDED, "The agent took the watch but said nothing"));
        } else {
          open = null;
        }
      }
      cancel();
      if (heard) {
        connect();
      }
    }
  }
}
