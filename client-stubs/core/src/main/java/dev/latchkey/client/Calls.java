package dev.latchkey.client;

import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.DecryptResponse;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.EncryptResponse;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyGrpc.LatchkeyStub;
import dev.latchkey.v1.ListSecretsRequest;
import dev.latchkey.v1.ListSecretsResponse;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The calls of the contract, with deadlines, headers and failures as the client wants them. */
final class Calls implements AgentWatch.Agent {

  private final ManagedChannel channel;
  private final Duration timeout;
  private final LatchkeyStub stub;

  Calls(ManagedChannel channel, Duration timeout, Supplier<Map<String, String>> headers) {
    this.channel = channel;
    this.timeout = timeout;
    stub = LatchkeyGrpc.newStub(channel).withInterceptors(new CallHeaders(headers));
  }

  CompletableFuture<Credential> get(String name, GetOptions options) {
    GetSecretRequest.Builder request =
        GetSecretRequest.newBuilder()
            .setName(name)
            .setField(options.field())
            .setBackendVersion(options.backendVersion());
    if (!options.await().isZero()) {
      request.setWait(Wire.duration(options.await()));
    }
    Reply<GetSecretRequest, dev.latchkey.v1.GetSecretResponse> reply = new Reply<>();
    within(timeout.plus(options.await())).getSecret(request.build(), reply);
    return reply.map(answer -> Wire.credential(answer.getCredential()));
  }

  Reply<BatchGetSecretsRequest, BatchGetSecretsResponse> batch(BatchGetSecretsRequest request) {
    Reply<BatchGetSecretsRequest, BatchGetSecretsResponse> reply = new Reply<>();
    within(timeout).batchGetSecrets(request, reply);
    return reply;
  }

  Reply<ListSecretsRequest, ListSecretsResponse> list(ListSecretsRequest request) {
    Reply<ListSecretsRequest, ListSecretsResponse> reply = new Reply<>();
    within(timeout).listSecrets(request, reply);
    return reply;
  }

  Reply<EncryptRequest, EncryptResponse> encrypt(EncryptRequest request) {
    Reply<EncryptRequest, EncryptResponse> reply = new Reply<>();
    within(timeout).encrypt(request, reply);
    return reply;
  }

  Reply<DecryptRequest, DecryptResponse> decrypt(DecryptRequest request) {
    Reply<DecryptRequest, DecryptResponse> reply = new Reply<>();
    within(timeout).decrypt(request, reply);
    return reply;
  }

  @Override
  public void watch(
      WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer) {
    reachAgain();
    stub.watchCredentials(request, observer);
  }

  @Override
  public CompletableFuture<Void> acknowledge(String subscriptionId, String name, long version) {
    AcknowledgeCredentialsRequest request =
        AcknowledgeCredentialsRequest.newBuilder()
            .setSubscriptionId(subscriptionId)
            .setName(name)
            .setVersion(version)
            .build();
    Reply<AcknowledgeCredentialsRequest, dev.latchkey.v1.AcknowledgeCredentialsResponse> reply =
        new Reply<>();
    within(timeout).acknowledgeCredentials(request, reply);
    return reply.map(answer -> null);
  }

  /** Waits for {@code future} on the calling thread; an interrupt cancels the call. */
  <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new LatchkeyException(Reason.CANCELLED, "Interrupted while waiting for the agent");
    } catch (CancellationException e) {
      throw new LatchkeyException(Reason.CANCELLED, "The call was cancelled");
    } catch (ExecutionException e) {
      LatchkeyException failure = LatchkeyException.from(e);
      // Made anew, so that the trace shows who waited.
      throw new LatchkeyException(
          failure.reason(),
          String.valueOf(failure.getMessage()),
          failure.retryDelay().orElse(null),
          failure);
    }
  }

  private LatchkeyStub within(Duration bound) {
    reachAgain();
    return stub.withDeadlineAfter(bound.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * A Unix socket costs nothing to try, so a call need not wait out the channel's own backoff: an
   * idle channel connects for the next call, and fails it only when that attempt fails.
   */
  private void reachAgain() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.enterIdle();
    }
  }
}
