package dev.latchkey.client;

import com.google.protobuf.ByteString;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.AcknowledgeCredentialsResponse;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.GetSecretResponse;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.SecretResult;
import dev.latchkey.v1.SecretUnavailable;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An agent in memory that keeps the contract, and breaks it when told to. Safe for any thread. */
final class FakeAgent extends LatchkeyGrpc.LatchkeyImplBase {

  final List<WatchCredentialsRequest> opened = new CopyOnWriteArrayList<>();
  final List<AcknowledgeCredentialsRequest> acknowledged = new CopyOnWriteArrayList<>();

  private final Map<String, Credential> current = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private @Nullable StatusRuntimeException refusal;
  private @Nullable StatusRuntimeException acknowledgementRefusal;
  private boolean mute;
  private boolean tellsVersion;
  private int count;

  static StateId state(String epoch, long version, long revision) {
    return StateId.newBuilder().setEpoch(epoch).setVersion(version).setRevision(revision).build();
  }

  static Credential credential(String name, StateId state, String value) {
    return Credential.newBuilder()
        .setName(name)
        .setState(state)
        .putFields("value", ByteString.copyFromUtf8(value))
        .build();
  }

  /** Makes a credential current and sends it to whoever watches it. */
  synchronized void publish(Credential credential) {
    current.put(credential.getName(), credential);
    List.copyOf(subscriptions).forEach(subscription -> subscription.update(credential));
  }

  /** Sends an event as it is, right or wrong, to every open stream. */
  synchronized void send(WatchCredentialsResponse event) {
    List.copyOf(subscriptions).forEach(subscription -> subscription.observer.onNext(event));
  }

  synchronized void sendUnavailable(String name, Status.Code code, String reason) {
    send(
        WatchCredentialsResponse.newBuilder()
            .setUnavailable(
                SecretUnavailable.newBuilder()
                    .setName(name)
                    .setFailure(
                        Failure.newBuilder()
                            .setCode(code.value())
                            .setReason(reason)
                            .setMessage("the backend is away")))
            .build());
  }

  private synchronized void left(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  /** Ends every open stream. */
  synchronized void cut(Status status) {
    List<Subscription> ended = List.copyOf(subscriptions);
    subscriptions.clear();
    ended.forEach(subscription -> subscription.observer.onError(status.asRuntimeException()));
  }

  /** Refuses everything but acknowledgements from now on; null: no more. */
  synchronized void refuse(@Nullable StatusRuntimeException with) {
    refusal = with;
  }

  synchronized void refuseAcknowledgements(@Nullable StatusRuntimeException with) {
    acknowledgementRefusal = with;
  }

  /** Tells, where a stream's epoch is told, the version that was current when it opened. */
  synchronized void tellVersionsAtStart() {
    tellsVersion = true;
  }

  private String versionOfFirst(WatchCredentialsRequest request) {
    Credential first = current.get(request.getSecrets(0).getName());
    return first == null ? "0" : Long.toString(first.getState().getVersion());
  }

  /** Takes streams and says nothing on them. */
  synchronized void mute(boolean silent) {
    mute = silent;
  }

  @Override
  public synchronized void getSecret(
      GetSecretRequest request, StreamObserver<GetSecretResponse> observer) {
    Credential found = current.get(request.getName());
    if (refusal != null || found == null) {
      observer.onError(refusal == null ? Status.NOT_FOUND.asRuntimeException() : refusal);
      return;
    }
    observer.onNext(GetSecretResponse.newBuilder().setCredential(found).build());
    observer.onCompleted();
  }

  @Override
  public synchronized void batchGetSecrets(
      BatchGetSecretsRequest request, StreamObserver<BatchGetSecretsResponse> observer) {
    BatchGetSecretsResponse.Builder answer = BatchGetSecretsResponse.newBuilder();
    for (String name : request.getNamesList()) {
      SecretResult.Builder result = SecretResult.newBuilder().setName(name);
      Credential found = current.get(name);
      if (found == null) {
        result.setFailure(
            Failure.newBuilder()
                .setCode(Status.Code.NOT_FOUND.value())
                .setReason("NOT_FOUND")
                .setMessage("no such secret"));
      } else {
        result.setCredential(found);
      }
      answer.addResults(result);
    }
    observer.onNext(answer.build());
    observer.onCompleted();
  }

  @Override
  public synchronized void watchCredentials(
      WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer) {
    opened.add(request);
    if (refusal != null) {
      observer.onError(refusal);
      return;
    }
    if (mute) {
      return;
    }
    Subscription subscription = new Subscription(request, observer);
    ((ServerCallStreamObserver<WatchCredentialsResponse>) observer)
        .setOnCancelHandler(() -> left(subscription));
    String epoch =
        current.values().stream().findAny().map(c -> c.getState().getEpoch()).orElse("e1");
    observer.onNext(
        WatchCredentialsResponse.newBuilder()
            .setStarted(
                SubscriptionStarted.newBuilder()
                    .setSubscriptionId("subscription-" + ++count)
                    .setEpoch(tellsVersion ? versionOfFirst(request) : epoch))
            .build());
    subscriptions.add(subscription);
    for (WatchedSecret secret : request.getSecretsList()) {
      Credential credential = current.get(secret.getName());
      if (credential != null) {
        subscription.update(credential);
      }
    }
    observer.onNext(
        WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build());
  }

  @Override
  public synchronized void acknowledgeCredentials(
      AcknowledgeCredentialsRequest request,
      StreamObserver<AcknowledgeCredentialsResponse> observer) {
    if (acknowledgementRefusal != null) {
      observer.onError(acknowledgementRefusal);
      return;
    }
    acknowledged.add(request);
    observer.onNext(AcknowledgeCredentialsResponse.getDefaultInstance());
    observer.onCompleted();
  }

  /** One stream, with what it was sent last of each secret. */
  private static final class Subscription {

    final StreamObserver<WatchCredentialsResponse> observer;
    final Map<String, StateId> sent = new HashMap<>();
    final List<String> names = new ArrayList<>();

    Subscription(
        WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer) {
      this.observer = observer;
      for (WatchedSecret secret : request.getSecretsList()) {
        names.add(secret.getName());
        if (secret.hasHeld()) {
          sent.put(secret.getName(), secret.getHeld());
        }
      }
    }

    void update(Credential credential) {
      StateId last = sent.get(credential.getName());
      StateId now = credential.getState();
      if (!names.contains(credential.getName()) || (last != null && now.equals(last))) {
        return;
      }
      boolean snapshot = last != null && !last.getEpoch().equals(now.getEpoch());
      long skipped =
          last == null || snapshot ? 0 : Math.max(0, now.getVersion() - last.getVersion() - 1);
      sent.put(credential.getName(), now);
      observer.onNext(
          WatchCredentialsResponse.newBuilder()
              .setChanged(
                  CredentialChanged.newBuilder()
                      .setCredential(credential)
                      .setSnapshot(snapshot)
                      .setSkipped(skipped))
              .build());
    }
  }
}
