package dev.latchkey.bench;

import dev.latchkey.bench.agent.AgentUnderTest;
import dev.latchkey.bench.agent.ConstantServer;
import dev.latchkey.bench.load.Bytes;
import dev.latchkey.bench.load.ClosedLoop;
import dev.latchkey.bench.load.Connections;
import dev.latchkey.bench.load.Statistics;
import dev.latchkey.v1.GetSecretRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's processor time for one cached read with everything on, next to that for a constant
 * of the same bytes from the same process: pairs of runs, in turned order, after as many calls of
 * either to warm up.
 */
final class CpuPerCall {

  /** The read, and the same RPC of the yardstick. */
  static final MethodDescriptor<byte[], byte[]> GET_SECRET =
      Bytes.unary("latchkey.v1.Latchkey", "GetSecret");

  private static final int CONNECTIONS = 8;
  private static final int STREAMS = 8;

  private final AgentUnderTest agent;
  private final byte[] request;
  private final int pairs;
  private final long warmUpCalls;
  private final Duration run;

  CpuPerCall(AgentUnderTest agent, String secret, int pairs, long warmUpCalls, Duration run) {
    this.agent = agent;
    this.request = request(secret);
    this.pairs = pairs;
    this.warmUpCalls = warmUpCalls;
    this.run = run;
  }

  /**
   * Runs all pairs.
   *
   * @param yardstick which of the constant's methods the reads are held against
   */
  Result measure(MethodDescriptor<byte[], byte[]> yardstick) throws InterruptedException {
    try (Connections toAgent = new Connections(agent.socket(), CONNECTIONS);
        Connections toConstant = new Connections(agent.constantSocket(), CONNECTIONS)) {
      byte[] answer = call(toAgent, GET_SECRET, request);
      call(toConstant, ConstantServer.SET, answer);
      ClosedLoop read = new ClosedLoop(toAgent, STREAMS, GET_SECRET, request);
      ClosedLoop constant = new ClosedLoop(toConstant, STREAMS, yardstick, request);
      read.runCalls(warmUpCalls);
      constant.runCalls(warmUpCalls);
      return new Result(answer.length, pairs(read, constant));
    }
  }

  /** Reads a secret so many times under the same load; for what that leaves behind. */
  static void reads(AgentUnderTest agent, String secret, long calls) throws InterruptedException {
    byte[] request = request(secret);
    try (Connections toAgent = new Connections(agent.socket(), CONNECTIONS)) {
      new ClosedLoop(toAgent, STREAMS, GET_SECRET, request).runCalls(calls);
    }
  }

  private static byte[] request(String secret) {
    return GetSecretRequest.newBuilder().setName(secret).build().toByteArray();
  }

  private List<Pair> pairs(ClosedLoop read, ClosedLoop constant) throws InterruptedException {
    List<Pair> measured = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      boolean readFirst = pair % 2 == 0;
      Sample first = sample(readFirst ? read : constant);
      Sample second = sample(readFirst ? constant : read);
      measured.add(readFirst ? new Pair(first, second) : new Pair(second, first));
    }
    return measured;
  }

  private Sample sample(ClosedLoop load) throws InterruptedException {
    double before = ProcessFigures.cpuSeconds(agent.pid());
    ClosedLoop.Result result = load.runFor(run.toNanos());
    double used = ProcessFigures.cpuSeconds(agent.pid()) - before;
    return new Sample(
        used * 1e6 / result.calls(),
        result.perSecond(),
        result.latencies().percentileMicros(50),
        result.latencies().percentileMicros(99),
        result.calls());
  }

  private static byte[] call(
      Connections to, MethodDescriptor<byte[], byte[]> method, byte[] request) {
    return ClientCalls.blockingUnaryCall(to.first(), method, CallOptions.DEFAULT, request);
  }

  /**
   * One run.
   *
   * @param cpuMicros the server's processor time for one call, in microseconds
   */
  record Sample(
      double cpuMicros, double perSecond, double p50Micros, double p99Micros, long calls) {}

  /** A read's run and a constant's run beside it. */
  record Pair(Sample read, Sample constant) {

    double ratio() {
      return read.cpuMicros() / constant.cpuMicros();
    }
  }

  /**
   * All pairs.
   *
   * @param answerBytes the size of either answer
   */
  record Result(int answerBytes, List<Pair> pairs) {

    double ratio() {
      return Statistics.median(pairs.stream().map(Pair::ratio).toList());
    }

    List<Sample> reads() {
      return pairs.stream().map(Pair::read).toList();
    }

    List<Sample> constants() {
      return pairs.stream().map(Pair::constant).toList();
    }
  }
}
