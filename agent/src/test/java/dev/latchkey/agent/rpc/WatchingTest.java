package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchCredentialsResponse.EventCase;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchingTest {

  @TempDir private Path directory;
  private ServedAgent agent;

  @BeforeEach
  void serve() {
    agent = new ServedAgent(directory);
  }

  @AfterEach
  void noPortWasCalledOnALoop() throws InterruptedException {
    agent.close();
    assertThat(agent.guard.breaches()).isEmpty();
  }

  /** A client that takes events one by one, or as they come. */
  private static final class Watcher
      implements ClientResponseObserver<WatchCredentialsRequest, WatchCredentialsResponse> {

    final List<WatchCredentialsResponse> events = new CopyOnWriteArrayList<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();
    private final boolean byHand;
    private @Nullable ClientCallStreamObserver<WatchCredentialsRequest> call;

    Watcher(boolean byHand) {
      this.byHand = byHand;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchCredentialsRequest> stream) {
      call = stream;
      if (byHand) {
        stream.disableAutoRequestWithInitial(1);
      }
    }

    void take(int count) {
      java.util.Objects.requireNonNull(call).request(count);
    }

    void cancel() {
      java.util.Objects.requireNonNull(call).cancel("enough", null);
    }

    @Override
    public void onNext(WatchCredentialsResponse event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    List<EventCase> kinds() {
      return events.stream().map(WatchCredentialsResponse::getEventCase).toList();
    }

    List<CredentialChanged> changes() {
      return events.stream()
          .filter(WatchCredentialsResponse::hasChanged)
          .map(WatchCredentialsResponse::getChanged)
          .toList();
    }

    void awaitCaughtUp() {
      Awaitility.await().until(() -> kinds().contains(EventCase.CAUGHT_UP));
    }
  }

  private static WatchCredentialsRequest.Builder request(String... names) {
    WatchCredentialsRequest.Builder request = WatchCredentialsRequest.newBuilder();
    for (String name : names) {
      request.addSecrets(WatchedSecret.newBuilder().setName(name));
    }
    return request;
  }

  private Watcher watch(WatchCredentialsRequest request) {
    Watcher watcher = new Watcher(false);
    agent.asyncClient().watchCredentials(request, watcher);
    return watcher;
  }

  private static WatchCredentialsRequest resumed(String epoch, long version) {
    return WatchCredentialsRequest.newBuilder()
        .addSecrets(
            WatchedSecret.newBuilder()
                .setName("a")
                .setHeld(
                    StateId.newBuilder().setEpoch(epoch).setVersion(version).setRevision(version)))
        .build();
  }

  private void put(String name, long version) {
    agent.current.put(FakeCurrent.state(name, version, Map.of("counter", "" + version)));
  }

  @Test
  void beginsWithStartedThenWhatIsLackedThenCaughtUp() {
    put("a", 1);
    Watcher watcher = watch(request("a").build());
    watcher.awaitCaughtUp();
    assertThat(watcher.kinds())
        .containsExactly(EventCase.STARTED, EventCase.CHANGED, EventCase.CAUGHT_UP);
    assertThat(watcher.events.getFirst().getStarted().getEpoch()).isEqualTo("epoch-one");
    assertThat(agent.holders.subscribers)
        .containsKey(watcher.events.getFirst().getStarted().getSubscriptionId());
    put("a", 2);
    Awaitility.await().until(() -> watcher.changes().size() == 2);
    assertThat(watcher.changes().getLast().getSkipped()).isZero();
  }

  @Test
  void aResumedWatcherGetsOnlyWhatItLacks() {
    put("a", 5);
    Watcher equal = watch(resumed("epoch-one", 5));
    equal.awaitCaughtUp();
    assertThat(equal.changes()).isEmpty();
    Watcher behind = watch(resumed("epoch-one", 2));
    behind.awaitCaughtUp();
    assertThat(behind.changes()).hasSize(1);
    assertThat(behind.changes().getFirst().getSkipped()).isEqualTo(2);
    Watcher foreign = watch(resumed("another-epoch", 99));
    foreign.awaitCaughtUp();
    assertThat(foreign.changes().getFirst().getSnapshot()).isTrue();
    Watcher ahead = watch(resumed("epoch-one", 9));
    ahead.awaitCaughtUp();
    assertThat(ahead.changes()).isEmpty();
  }

  @Test
  void neverSendsAnOlderStateAfterANewerWhilePublishersRun() {
    put("a", 1);
    put("b", 1);
    List<Watcher> watchers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      watchers.add(watch(request("a", "b").build()));
    }
    for (int version = 2; version <= 300; version++) {
      put("a", version);
      put("b", version);
      if (version % 50 == 0) {
        watchers.add(watch(request("a", "b").build()));
      }
    }
    for (Watcher watcher : watchers) {
      for (String name : List.of("a", "b")) {
        Awaitility.await().until(() -> last(watcher, name) == 300);
        assertInOrderAndNothingUnnoticed(watcher, name);
      }
    }
  }

  private static long last(Watcher watcher, String name) {
    return versions(watcher, name).isEmpty() ? 0 : versions(watcher, name).getLast();
  }

  private static List<Long> versions(Watcher watcher, String name) {
    return changes(watcher, name).stream()
        .map(change -> change.getCredential().getState().getVersion())
        .toList();
  }

  private static List<CredentialChanged> changes(Watcher watcher, String name) {
    return watcher.changes().stream()
        .filter(change -> change.getCredential().getName().equals(name))
        .toList();
  }

  private static void assertInOrderAndNothingUnnoticed(Watcher watcher, String name) {
    long before = -1;
    for (CredentialChanged change : changes(watcher, name)) {
      long version = change.getCredential().getState().getVersion();
      assertThat(change.getCredential().getFieldsOrThrow("counter").toStringUtf8())
          .isEqualTo("" + version);
      if (before >= 0) {
        assertThat(version).isGreaterThan(before);
        assertThat(change.getSkipped()).isEqualTo(version - before - 1);
      }
      before = version;
    }
  }

  @Test
  void theHoldersAreKeptBeforeTheSend() {
    agent.catalog.declare("orders-db", true);
    put("orders-db", 1);
    Watcher watcher = watch(request("orders-db").setAcknowledges(true).build());
    watcher.awaitCaughtUp();
    put("orders-db", 2);
    Awaitility.await().until(() -> watcher.changes().size() == 2);
    assertThat(agent.holders.delivered).extracting(one -> one.version()).contains(1L, 2L);
    assertThat(agent.holders.delivered).allMatch(one -> one.holder().acknowledges());
    assertThat(agent.audit.records)
        .extracting(AuditRecord::operation, AuditRecord::version)
        .contains(org.assertj.core.groups.Tuple.tuple("watch", 2L));
  }

  @Test
  void aMetadataWatcherSeesNoFieldAndHoldsNothing() {
    agent.catalog.declare("orders-db", true);
    put("orders-db", 1);
    Watcher watcher = watch(request("orders-db").setMetadataOnly(true).build());
    watcher.awaitCaughtUp();
    assertThat(watcher.changes().getFirst().getCredential().getFieldsMap()).isEmpty();
    assertThat(agent.holders.delivered).isEmpty();
  }

  @Test
  void tellsOfASecretThatCannotBeHadAndOfItsComing() {
    put("a", 1);
    Watcher watcher = watch(request("a", "missing").build());
    watcher.awaitCaughtUp();
    assertThat(watcher.kinds()).contains(EventCase.UNAVAILABLE, EventCase.CHANGED);
    put("missing", 1);
    Awaitility.await().until(() -> watcher.changes().size() == 2);
  }

  @Test
  void aSlowConsumerGetsTheNewestAndTheNumberOfThoseBetween() {
    String large = "x".repeat(30_000);
    agent.current.put(FakeCurrent.state("a", 1, Map.of("v", large)));
    Watcher slow = new Watcher(true);
    agent.asyncClient().watchCredentials(request("a").build(), slow);
    Awaitility.await().until(() -> slow.events.size() == 1);
    Watcher fast = watch(request("a").build());
    fast.awaitCaughtUp();
    for (int version = 2; version <= 200; version++) {
      long now = version;
      agent.current.put(FakeCurrent.state("a", version, Map.of("v", large)));
      Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> last(fast, "a") == now);
    }
    slow.take(1000);
    Awaitility.await().until(() -> last(slow, "a") == 200);
    assertThat(slow.changes()).hasSizeLessThan(100);
    long before = 0;
    for (CredentialChanged change : slow.changes()) {
      long version = change.getCredential().getState().getVersion();
      assertThat(change.getSkipped()).isEqualTo(before == 0 ? 0 : version - before - 1);
      before = version;
    }
  }

  @Test
  void aCallerThatLostItsRightGetsPermissionDeniedAndNothingMore() throws Exception {
    put("a", 1);
    Watcher watcher = watch(request("a").build());
    watcher.awaitCaughtUp();
    agent.policy = new FakePolicy(false);
    put("a", 2);
    assertThat(watcher.end.get().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(watcher.changes()).hasSize(1);
    Awaitility.await().until(() -> agent.watches.openWatches() == 0);
  }

  @Test
  void refusesTheWholeWatchWhenOneNameIsDenied() throws Exception {
    Watcher watcher = watch(request("a", "orders-admin").build());
    assertThat(watcher.end.get().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(agent.holders.subscribers).isEmpty();
  }

  @Test
  void aCancelledWatchIsForgottenAndItsHolderStays() {
    agent.catalog.declare("orders-db", true);
    put("orders-db", 1);
    Watcher watcher = watch(request("orders-db").build());
    watcher.awaitCaughtUp();
    watcher.cancel();
    Awaitility.await().until(() -> agent.watches.openWatches() == 0);
    assertThat(agent.holders.delivered).hasSize(1);
  }

  @Test
  void oneWatcherTakesAThousandSecretsAndAThousandWatchersOne() {
    String[] names = new String[1000];
    for (int i = 0; i < names.length; i++) {
      names[i] = "secret-" + i;
      put(names[i], 1);
    }
    Watcher wide = watch(request(names).build());
    wide.awaitCaughtUp();
    assertThat(wide.changes()).hasSize(1000);
    ManagedChannel channel = agent.channel(agent.socket);
    List<Watcher> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Watcher watcher = new Watcher(false);
      dev.latchkey.v1.LatchkeyGrpc.newStub(channel)
          .watchCredentials(request("secret-0").build(), watcher);
      many.add(watcher);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> many.stream().allMatch(w -> w.changes().size() == 1));
    put("secret-0", 2);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> many.stream().allMatch(w -> last(w, "secret-0") == 2));
  }

  @Test
  void drainsUnderLoadWithoutCuttingACall() throws Exception {
    put("a", 1);
    agent.current.loads(
        name -> {
          Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
          return FakeCurrent.state(name.text(), 1, Map.of("v", "x"));
        });
    Watcher watcher = watch(request("a").build());
    watcher.awaitCaughtUp();
    ConcurrentLinkedQueue<Status> failures = new ConcurrentLinkedQueue<>();
    AtomicBoolean stop = new AtomicBoolean();
    List<CompletableFuture<Integer>> load = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      load.add(
          CompletableFuture.supplyAsync(
              () -> callUntil(stop, failures), Thread::startVirtualThread));
    }
    Awaitility.await().until(() -> agent.audit.records.size() > 100);
    agent.servers.close();
    stop.set(true);
    for (CompletableFuture<Integer> one : load) {
      assertThat(one.get()).isPositive();
    }
    assertThat(watcher.end.get().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failures).allSatisfy(this::isARefusalBeforeTheCallBegan);
  }

  private int callUntil(AtomicBoolean stop, ConcurrentLinkedQueue<Status> failures) {
    dev.latchkey.v1.LatchkeyGrpc.LatchkeyBlockingStub client = agent.client();
    for (int calls = 0; ; calls++) {
      String name = calls % 4 == 0 ? "cold-" + calls : "a";
      try {
        client.getSecret(GetSecretRequest.newBuilder().setName(name).build());
      } catch (StatusRuntimeException failed) {
        failures.add(failed.getStatus());
        return calls;
      }
      if (stop.get()) {
        return calls;
      }
    }
  }

  /** The socket was gone when the client connected anew: no call had begun that could be cut. */
  private void isARefusalBeforeTheCallBegan(Status failure) {
    assertThat(failure.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getCause())
        .isInstanceOfAny(FileNotFoundException.class, ConnectException.class);
  }
}
