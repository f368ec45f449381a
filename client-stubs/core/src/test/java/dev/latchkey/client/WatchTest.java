package dev.latchkey.client;

import static dev.latchkey.client.FakeAgent.credential;
import static dev.latchkey.client.FakeAgent.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The watch on one thread and a clock that the test moves, against an agent that keeps and breaks
 * the contract.
 */
final class WatchTest {

  private static final Duration MAX_STALE = Duration.ofMinutes(10);

  private final FakeAgent agent = new FakeAgent();
  private final FakeWorld world = new FakeWorld();
  private final List<String> told = new ArrayList<>();
  private Server server;
  private ManagedChannel channel;
  private LatchkeyClient client;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    server =
        InProcessServerBuilder.forName(name).directExecutor().addService(agent).build().start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    client = LatchkeyClient.builder().channel(channel).build();
  }

  @AfterEach
  void stop() {
    client.close();
    channel.shutdownNow();
    server.shutdownNow();
    assertThat(world.pending()).as("timers left").isZero();
  }

  @Test
  void beginsWithWhatTheAgentHasAndFollowsIt() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    publish(2, 5);
    assertThat(told).containsExactly("connected e1", "a 1.1 +0", "caught up", "a 2.5 +0");
    assertThat(watch.current("a").text("value")).isEqualTo("v2");
    assertThat(watch.caughtUp()).isCompleted();
  }

  @Test
  void resumesFromWhatItHoldsAfterABrokenStream() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    agent.cut(Status.UNAVAILABLE);
    publish(4, 4);
    assertThat(watch.current("a").state().version()).isEqualTo(1);
    world.advance(Duration.ofSeconds(1));
    assertThat(agent.opened).hasSize(2);
    assertThat(agent.opened.get(1).getSecrets(0).getHeld()).isEqualTo(state("e1", 1, 1));
    assertThat(told).endsWith("disconnected UNAVAILABLE", "connected e1", "a 4.4 +2", "caught up");
    assertThat(watch.current("a").text("value")).isEqualTo("v4");
  }

  @Test
  void anOlderOrEqualStateIsNeverTakenWithinAnEpoch() {
    publish(3, 7);
    Watch watch = watch(WatchRequest.of("a"));
    told.clear();
    sendRaw(2, 9, "e1", false);
    sendRaw(3, 7, "e1", false);
    sendRaw(3, 6, "e1", true);
    assertThat(told).isEmpty();
    assertThat(watch.current("a").state().version()).isEqualTo(3);
    sendRaw(3, 8, "e1", false);
    assertThat(told).containsExactly("a 3.8 +0");
  }

  @Test
  void anotherEpochIsTakenAsASnapshotAndTheOldOneBringsNothingOlderBack() {
    publish(9, 9);
    Watch watch = watch(WatchRequest.of("a"));
    told.clear();
    sendRaw(2, 2, "e2", true);
    sendRaw(8, 8, "e1", true);
    sendRaw(9, 9, "e1", true);
    assertThat(told).containsExactly("a 2.2 +0 snapshot");
    assertThat(watch.current("a").state().epoch()).isEqualTo("e2");
    sendRaw(10, 10, "e1", true);
    assertThat(told).containsExactly("a 2.2 +0 snapshot", "a 10.10 +0 snapshot");
  }

  @Test
  void reconnectsForEverWithGrowingWaits() {
    agent.refuse(Status.UNAVAILABLE.asRuntimeException());
    Watch watch = watch(WatchRequest.of("a"));
    world.advance(Duration.ofSeconds(10));
    int first = agent.opened.size();
    world.advance(Duration.ofMinutes(10));
    int later = agent.opened.size() - first;
    assertThat(first).isBetween(4, 60);
    assertThat(later).as("at most 1 s apart, on average half of it").isBetween(600, 3000);
    agent.refuse(null);
    publish(1, 1);
    world.advance(Duration.ofSeconds(5));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
  }

  @Test
  void anAgentThatRefusesIsAskedMoreSeldomThanOneThatIsAway() {
    agent.refuse(Status.PERMISSION_DENIED.asRuntimeException());
    watch(WatchRequest.of("a"));
    world.advance(Duration.ofSeconds(30));
    int first = agent.opened.size();
    world.advance(Duration.ofMinutes(10));
    int later = agent.opened.size() - first;
    assertThat(later).as("at most 10 s apart, on average half of it").isBetween(60, 300);
  }

  @Test
  void readsAreServedUntilMaxStaleAfterTheLastContactAndThenSaySo() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    agent.refuse(Status.UNAVAILABLE.asRuntimeException());
    agent.cut(Status.UNAVAILABLE);
    world.advance(MAX_STALE);
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
    world.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> watch.current("a"))
        .hasMessageContaining("PT10M")
        .hasMessageContaining("is the agent running?")
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.COPY_TOO_OLD));
    agent.refuse(null);
    world.advance(Duration.ofSeconds(5));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
  }

  @Test
  void whatCameStaleIsServedUntilMaxStaleAfterItsConfirmationWhetherTheAgentIsThereOrNot() {
    agent.publish(stale(1, 1, MAX_STALE.minusMinutes(2)));
    Watch watch = watch(WatchRequest.of("a"));
    world.advance(Duration.ofMinutes(1));
    agent.refuse(Status.UNAVAILABLE.asRuntimeException());
    agent.cut(Status.UNAVAILABLE);
    world.advance(Duration.ofMinutes(1));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
    world.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> watch.current("a"))
        .hasMessageContaining("after the backend confirmed it, which was PT10M ago")
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.COPY_TOO_OLD));
    agent.refuse(null);
    publish(1, 2);
    world.advance(Duration.ofSeconds(5));
    assertThat(watch.current("a").stale()).isFalse();
  }

  @Test
  void theVeryStateHeldTurnsFreshOrStaleWithoutBeingToldAgain() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    told.clear();
    send(stale(1, 1, Duration.ofMinutes(3)), false);
    assertThat(watch.current("a").stale()).isTrue();
    world.advance(MAX_STALE.minusMinutes(2));
    assertThatThrownBy(() -> watch.current("a")).hasMessageContaining("confirmed");
    sendRaw(1, 1, "e1", false);
    assertThat(watch.current("a").stale()).isFalse();
    assertThat(told).noneMatch(line -> line.startsWith("a "));
  }

  @Test
  void anAgentThatHangsCountsAsOutOfContact() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    agent.mute(true);
    world.advance(MAX_STALE.plusSeconds(1));
    assertThatThrownBy(() -> watch.current("a")).hasMessageContaining("last contact");
    agent.mute(false);
    world.advance(Duration.ofSeconds(20));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
  }

  @Test
  void aQuietAgentThatLivesIsServedForEver() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    told.clear();
    for (int hour = 0; hour < 24; hour++) {
      world.advance(Duration.ofHours(1));
      assertThat(watch.current("a").text("value")).isEqualTo("v1");
    }
    assertThat(told).doesNotContain("disconnected UNAVAILABLE").noneMatch(t -> t.startsWith("a "));
  }

  @Test
  void aSuspendedMachineDoesNotServeWhatGrewTooOldMeanwhile() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    world.suspend(MAX_STALE.plusSeconds(1));
    assertThatThrownBy(() -> watch.current("a")).hasMessageContaining("last contact");
  }

  @Test
  void aLeaseThatEndedIsNotServed() {
    agent.publish(
        credential("a", state("e1", 1, 1), "v1").toBuilder()
            .setExpiresAt(
                com.google.protobuf.Timestamp.newBuilder()
                    .setSeconds(world.now().plusSeconds(60).getEpochSecond()))
            .build());
    Watch watch = watch(WatchRequest.of("a"));
    world.advance(Duration.ofSeconds(59));
    watch.current("a");
    world.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> watch.current("a"))
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LEASE_EXPIRED));
  }

  @Test
  void anUnavailableSecretIsNotServedUntilTheAgentHasItAgain() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    agent.sendUnavailable("a", Status.Code.UNAVAILABLE, "UNAVAILABLE");
    assertThatThrownBy(() -> watch.current("a")).hasMessage("the backend is away");
    agent.cut(Status.UNAVAILABLE);
    world.advance(Duration.ofSeconds(1));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
    agent.sendUnavailable("a", Status.Code.UNAVAILABLE, "UNAVAILABLE");
    sendRaw(1, 1, "e1", false);
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
  }

  @Test
  void aRightThatWasTakenAwayEndsTheReadsAndComesBackWithTheRight() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    agent.refuse(Status.PERMISSION_DENIED.asRuntimeException());
    agent.cut(Status.PERMISSION_DENIED);
    assertThatThrownBy(() -> watch.current("a"))
        .isInstanceOfSatisfying(
            LatchkeyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED));
    agent.refuse(null);
    world.advance(Duration.ofSeconds(5));
    assertThat(watch.current("a").text("value")).isEqualTo("v1");
  }

  @Test
  void acknowledgesUnderEverySubscriptionThatMayHoldAnOlderVersion() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a").acknowledging());
    assertThat(watch.acknowledge(watch.current("a"))).isCompleted();
    agent.cut(Status.UNAVAILABLE);
    world.advance(Duration.ofSeconds(1));
    publish(2, 2);
    agent.acknowledged.clear();
    CompletableFuture<Void> done = watch.acknowledge(watch.current("a"));
    assertThat(done).isCompleted();
    assertThat(agent.acknowledged)
        .extracting(AcknowledgeCredentialsRequest::getSubscriptionId)
        .contains("subscription-2");
    assertThat(agent.acknowledged)
        .extracting(AcknowledgeCredentialsRequest::getVersion)
        .containsOnly(2L);
  }

  @Test
  void anAcknowledgementOutlivesAnAgentThatIsAway() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a").acknowledging());
    agent.refuseAcknowledgements(Status.UNAVAILABLE.asRuntimeException());
    CompletableFuture<Void> done = watch.acknowledge(watch.current("a"));
    agent.cut(Status.UNAVAILABLE);
    world.advance(Duration.ofMinutes(1));
    assertThat(done).isNotDone();
    agent.refuseAcknowledgements(null);
    world.advance(Duration.ofSeconds(10));
    assertThat(done).isCompleted();
    assertThat(agent.acknowledged)
        .extracting(AcknowledgeCredentialsRequest::getSubscriptionId)
        .contains("subscription-1", "subscription-2");
  }

  @Test
  void anAcknowledgementOfAnotherEpochIsRefused() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a").acknowledging());
    Credential before = watch.current("a");
    sendRaw(1, 1, "e2", true);
    assertThat(watch.acknowledge(before)).isCompletedExceptionally();
    assertThatThrownBy(() -> watch(WatchRequest.of("a")).acknowledge(before))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCandidateIsToldApartFromWhatIsCurrent() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a").withCandidates());
    agent.send(
        WatchCredentialsResponse.newBuilder()
            .setChanged(
                CredentialChanged.newBuilder()
                    .setCredential(credential("a", state("e1", 2, 2), "next"))
                    .setPending(true))
            .build());
    assertThat(watch.current("a").state().version()).isEqualTo(1);
    assertThat(watch.pending("a")).map(c -> c.text("value")).contains("next");
    publish(2, 3);
    assertThat(watch.pending("a")).isEmpty();
    assertThat(told).contains("pending a 2.2 +0");
  }

  @Test
  void aMalformedEventEndsTheStreamAndNotTheWatch() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    sendRaw(0, 0, "", false);
    assertThat(told).endsWith("disconnected INTERNAL");
    publish(2, 2);
    world.advance(Duration.ofSeconds(1));
    assertThat(watch.current("a").text("value")).isEqualTo("v2");
  }

  @Test
  void aListenerThatThrowsIsToldTheNextEventTooAndItsMessageIsNotLogged() {
    publish(1, 1);
    List<Long> versions = new ArrayList<>();
    Watch watch =
        client.watch(
            WatchRequest.of("a"),
            change -> {
              versions.add(change.credential().state().version());
              throw new IllegalStateException(
                  "cannot parse [hunter2-marker]", new NumberFormatException("hunter2-marker"));
            },
            world.surroundings());
    try (CapturedLog log = CapturedLog.of("")) {
      publish(2, 2);
      assertThat(log.text())
          .contains("java.lang.IllegalStateException, caused by java.lang.NumberFormatException")
          .doesNotContain("hunter2-marker");
    }
    assertThat(versions).containsExactly(1L, 2L);
    watch.close();
  }

  @Test
  void aSlowListenerIsToldTheNewestAndHowManyItMissed() {
    List<Runnable> later = new ArrayList<>();
    List<CredentialChange> changes = new ArrayList<>();
    Deliveries deliveries = new Deliveries(changes::add, later::add);
    for (long version = 1; version <= 5; version++) {
      Credential next = Credential.builder("a", new StateId("e1", version, version)).build();
      deliveries.changed(new CredentialChange(next, false, version == 4 ? 1 : 0));
    }
    assertThat(later).hasSize(1);
    later.get(0).run();
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).credential().state().version()).isEqualTo(5);
    assertThat(changes.get(0).skipped()).isEqualTo(5);
  }

  @Test
  void aSlowListenerIsNotToldThatAllIsToldBeforeItIs() {
    List<Runnable> later = new ArrayList<>();
    Deliveries deliveries = new Deliveries(new Recorder(), later::add);
    Credential first = Credential.builder("a", new StateId("e1", 1, 1)).build();
    Credential second = Credential.builder("a", new StateId("e1", 2, 2)).build();
    deliveries.connected("e1");
    deliveries.changed(new CredentialChange(first, false, 0));
    deliveries.caughtUp();
    deliveries.unavailable("a", new LatchkeyException(Reason.UNAVAILABLE, "away"));
    deliveries.changed(new CredentialChange(second, false, 0));
    later.get(0).run();
    assertThat(told).containsExactly("connected e1", "a 2.2 +1", "caught up");
  }

  @Test
  void aClosedWatchTellsNothingMore() {
    publish(1, 1);
    Watch watch = watch(WatchRequest.of("a"));
    watch.close();
    watch.close();
    told.clear();
    publish(2, 2);
    world.advance(Duration.ofHours(1));
    assertThat(told).isEmpty();
    assertThat(agent.opened).hasSize(1);
    watch.awaitCaughtUp(Duration.ofSeconds(1));
  }

  private void publish(long version, long revision) {
    agent.publish(message(version, revision, "e1"));
  }

  private void sendRaw(long version, long revision, String epoch, boolean snapshot) {
    send(message(version, revision, epoch), snapshot);
  }

  private void send(dev.latchkey.v1.Credential credential, boolean snapshot) {
    agent.send(
        WatchCredentialsResponse.newBuilder()
            .setChanged(
                CredentialChanged.newBuilder().setCredential(credential).setSnapshot(snapshot))
            .build());
  }

  private static dev.latchkey.v1.Credential stale(long version, long revision, Duration age) {
    return message(version, revision, "e1").toBuilder()
        .setStale(true)
        .setAge(Wire.duration(age))
        .build();
  }

  private static dev.latchkey.v1.Credential message(long version, long revision, String epoch) {
    return credential("a", state(epoch, version, revision), "v" + version).toBuilder()
        .setMaxStale(Wire.duration(MAX_STALE))
        .build();
  }

  private Watch watch(WatchRequest request) {
    return client.watch(request, new Recorder(), world.surroundings());
  }

  /** Writes down what it is told. */
  private final class Recorder implements WatchListener {
    @Override
    public void changed(CredentialChange change) {
      told.add(text(change));
    }

    @Override
    public void pending(CredentialChange change) {
      told.add("pending " + text(change));
    }

    @Override
    public void unavailable(String name, LatchkeyException why) {
      told.add("unavailable " + name);
    }

    @Override
    public void connected(String epoch) {
      told.add("connected " + epoch);
    }

    @Override
    public void caughtUp() {
      told.add("caught up");
    }

    @Override
    public void disconnected(LatchkeyException why) {
      told.add("disconnected " + why.reason());
    }

    private String text(CredentialChange change) {
      StateId state = change.credential().state();
      return change.credential().name()
          + " "
          + state.version()
          + "."
          + state.revision()
          + " +"
          + change.skipped()
          + (change.snapshot() ? " snapshot" : "");
    }
  }
}
