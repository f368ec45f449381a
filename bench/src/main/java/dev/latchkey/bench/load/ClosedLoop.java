package dev.latchkey.bench.load;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a fixed number of calls under way on each connection: whenever one is answered, the next is
 * sent. A failed call ends the run.
 */
public final class ClosedLoop {

  private final Connections connections;
  private final int streams;
  private final MethodDescriptor<byte[], byte[]> method;
  private final byte[] request;

  /**
   * A load of one kind of call.
   *
   * @param streams calls under way on each connection
   */
  public ClosedLoop(
      Connections connections,
      int streams,
      MethodDescriptor<byte[], byte[]> method,
      byte[] request) {
    this.connections = connections;
    this.streams = streams;
    this.method = method;
    this.request = request.clone();
  }

  /** Runs for at least so long. */
  public Result runFor(long nanos) throws InterruptedException {
    long begun = System.nanoTime();
    return run(begun, () -> System.nanoTime() - begun < nanos);
  }

  /** Runs for exactly so many calls. */
  public Result runCalls(long calls) throws InterruptedException {
    AtomicLong left = new AtomicLong(calls);
    return run(System.nanoTime(), () -> left.getAndDecrement() > 0);
  }

  private Result run(long begun, BooleanSupplier more) throws InterruptedException {
    Run run = new Run(more, connections.channels().size() * streams);
    for (ManagedChannel channel : connections.channels()) {
      for (int stream = 0; stream < streams; stream++) {
        run.next(channel);
      }
    }
    run.ended.await();
    long nanos = System.nanoTime() - begun;
    Throwable failure = run.failure.get();
    if (failure != null) {
      throw new IllegalStateException("a call failed under load", failure);
    }
    return new Result(run.latencies, nanos);
  }

  /** One run; its callbacks come on the connections' event loop. */
  private final class Run {

    private final BooleanSupplier more;
    private final CountDownLatch ended;
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Run(BooleanSupplier more, int streamsInAll) {
      this.more = more;
      this.ended = new CountDownLatch(streamsInAll);
    }

    void next(ManagedChannel channel) {
      if (failure.get() != null || !more.getAsBoolean()) {
        ended.countDown();
        return;
      }
      long sent = System.nanoTime();
      ClientCalls.asyncUnaryCall(
          channel.newCall(method, CallOptions.DEFAULT),
          request,
          new StreamObserver<>() {
            @Override
            public void onNext(byte[] answer) {}

            @Override
            public void onError(Throwable failed) {
              failure.compareAndSet(null, failed);
              ended.countDown();
            }

            @Override
            public void onCompleted() {
              latencies.record(System.nanoTime() - sent);
              next(channel);
            }
          });
    }
  }

  /**
   * What a run measured.
   *
   * @param nanos from the first call sent to the last answered
   */
  public record Result(LatencyHistogram latencies, long nanos) {

    public long calls() {
      return latencies.count();
    }

    public double perSecond() {
      return calls() * 1e9 / nanos;
    }
  }
}
