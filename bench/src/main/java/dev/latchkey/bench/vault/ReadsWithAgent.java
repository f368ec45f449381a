package dev.latchkey.bench.vault;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.latchkey.bench.load.Connections;
import dev.latchkey.bench.load.LatencyHistogram;
import dev.latchkey.bench.load.Paced;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.LatchkeyGrpc;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads over the agent's socket at an even pace, and tells hits from misses by what the agent
 * answers: a value that was confirmed after the read was sent had to be waited for. A refresh that
 * falls into a read by chance counts as a miss too, so hits are never too many.
 */
public final class ReadsWithAgent {

  private static final int THREADS = 8;
  private static final long CALL_SECONDS = 30;

  private final Path socket;
  private final int[] sequence;
  private final long nanosEach;

  /**
   * A run of reads.
   *
   * @param sequence which secret is read, read by read
   * @param nanosEach from the turn of one read to that of the next
   */
  public ReadsWithAgent(Path socket, int[] sequence, long nanosEach) {
    this.socket = socket;
    this.sequence = sequence.clone();
    this.nanosEach = nanosEach;
  }

  /** Reads all; an answer that is stale, wrong or none at all ends the run. */
  public Reads measure() throws InterruptedException {
    LatencyHistogram latencies = new LatencyHistogram();
    AtomicLong hits = new AtomicLong();
    try (Connections connections = new Connections(socket, THREADS)) {
      long nanos =
          new Paced(THREADS, nanosEach)
              .run(
                  sequence.length,
                  turn -> {
                    long sent = System.nanoTime();
                    Credential read = read(connections, turn);
                    long took = System.nanoTime() - sent;
                    latencies.record(took);
                    if (isHit(read, sequence[turn], took)) {
                      hits.incrementAndGet();
                    }
                  });
      return new Reads(sequence.length, hits.get(), nanos, latencies);
    }
  }

  private Credential read(Connections connections, int turn) {
    return LatchkeyGrpc.newBlockingStub(connections.channels().get(turn % THREADS))
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .getSecret(GetSecretRequest.newBuilder().setName(KeptVault.path(sequence[turn])).build())
        .getCredential();
  }

  /** Whether what was read was confirmed before it was asked for. */
  static boolean isHit(Credential read, int secret, long tookNanos) {
    ByteString value = read.getFieldsOrDefault("value", ByteString.EMPTY);
    if (read.getStale() || !value.toStringUtf8().equals(KeptVault.value(secret))) {
      throw new IllegalStateException("not what Vault keeps: " + read.getName());
    }
    Duration age = read.getAge();
    return TimeUnit.SECONDS.toNanos(age.getSeconds()) + age.getNanos() > tookNanos;
  }
}
