package dev.latchkey.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.AcknowledgeCredentialsResponse;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The feed of a real watch, against an agent in this process that does what the test says. */
final class WatchFeedTest {

  private final OneSecretAgent agent = new OneSecretAgent();
  private Server server;
  private ManagedChannel channel;
  private LatchkeyClient client;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    server = InProcessServerBuilder.forName(name).addService(agent).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
    client = LatchkeyClient.builder().channel(channel).build();
  }

  @AfterEach
  void stop() {
    client.close();
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void offersTheCurrentThenTheAnnouncedThenTheOneBeforeAndAcknowledges() {
    agent.send(1, false);
    try (WatchFeed feed = new WatchFeed(client, "orders-db")) {
      List<String> changes = new CopyOnWriteArrayList<>();
      feed.onChange(() -> changes.add("changed"));
      feed.start();
      feed.awaitFirst(Duration.ofSeconds(10));
      agent.send(2, false);
      await().until(() -> versions(feed).equals(List.of(2L, 1L)));
      agent.send(3, true);
      await().until(() -> versions(feed).equals(List.of(2L, 3L, 1L)));
      agent.send(3, false);
      await().until(() -> versions(feed).equals(List.of(3L, 2L)));
      await().until(() -> changes.size() >= 2);
      feed.acknowledge(feed.candidates().get(0)).join();
      assertThat(agent.acknowledged).containsOnly(3L);
    }
  }

  @Test
  void waitsForSomethingElseAndForNoLongerThanToldTo() throws Exception {
    agent.send(1, false);
    try (WatchFeed feed = new WatchFeed(client, "orders-db")) {
      feed.start();
      feed.awaitFirst(Duration.ofSeconds(10));
      List<dev.latchkey.client.Credential> seen = feed.candidates();
      feed.awaitOther(seen, Duration.ofMillis(1));
      assertThat(feed.candidates()).isEqualTo(seen);
      Thread other = new Thread(() -> agent.send(2, false));
      other.start();
      feed.awaitOther(seen, Duration.ofSeconds(30));
      assertThat(versions(feed)).startsWith(2L);
      other.join();
    }
  }

  @Test
  void openingSaysWhyThereIsNoCredential() {
    agent.silent = true;
    assertThatThrownBy(
            () ->
                RotatingDataSource.builder(client, "orders-db")
                    .startTimeout(Duration.ofMillis(50))
                    .open())
        .isInstanceOfSatisfying(
            LatchkeyException.class,
            e -> assertThat(e.reason()).isEqualTo(LatchkeyException.Reason.DEADLINE_EXCEEDED));
  }

  private static List<Long> versions(WatchFeed feed) {
    return feed.candidates().stream().map(c -> c.state().version()).toList();
  }

  /** An agent that has one secret. */
  private static final class OneSecretAgent extends LatchkeyGrpc.LatchkeyImplBase {

    final List<Long> acknowledged = new CopyOnWriteArrayList<>();
    volatile boolean silent;
    private @Nullable Credential current;
    private @Nullable StreamObserver<WatchCredentialsResponse> stream;

    synchronized void send(long version, boolean pending) {
      Credential credential =
          Credential.newBuilder()
              .setName("orders-db")
              .setState(
                  StateId.newBuilder().setEpoch("e1").setVersion(version).setRevision(version))
              .putFields("username", ByteString.copyFromUtf8("orders"))
              .build();
      if (!pending) {
        current = credential;
      }
      if (stream != null) {
        stream.onNext(changed(credential, pending));
      }
    }

    @Override
    public synchronized void watchCredentials(
        WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer) {
      if (silent) {
        return;
      }
      stream = observer;
      observer.onNext(
          WatchCredentialsResponse.newBuilder()
              .setStarted(SubscriptionStarted.newBuilder().setSubscriptionId("s").setEpoch("e1"))
              .build());
      if (current != null) {
        observer.onNext(changed(current, false));
      }
      observer.onNext(
          WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build());
    }

    @Override
    public void acknowledgeCredentials(
        AcknowledgeCredentialsRequest request,
        StreamObserver<AcknowledgeCredentialsResponse> observer) {
      acknowledged.add(request.getVersion());
      observer.onNext(AcknowledgeCredentialsResponse.getDefaultInstance());
      observer.onCompleted();
    }

    private static WatchCredentialsResponse changed(Credential credential, boolean pending) {
      return WatchCredentialsResponse.newBuilder()
          .setChanged(CredentialChanged.newBuilder().setCredential(credential).setPending(pending))
          .build();
    }
  }
}
