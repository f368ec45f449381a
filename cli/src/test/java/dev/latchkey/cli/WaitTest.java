package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Int32Value;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.SecretStatus;
import dev.latchkey.v1.SecretSummary;
import dev.latchkey.v1.SecretUnavailable;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code latchkey wait}, as an operator and as an application. */
class WaitTest {
  private static final WatchCredentialsResponse STARTED =
      WatchCredentialsResponse.newBuilder()
          .setStarted(SubscriptionStarted.getDefaultInstance())
          .build();
  private static final WatchCredentialsResponse CAUGHT_UP =
      WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build();

  @TempDir Path directory;
  private FakeAgent agent;

  @BeforeEach
  void serve() throws IOException {
    agent = new FakeAgent(directory.resolve("a.sock"));
    agent.answers("Check", Int32Value.of(1));
  }

  @AfterEach
  void stop() {
    agent.close();
  }

  @Test
  void anOperatorWaitsUntilTheNamedSecretIsFresh() {
    Deque<GetStatusResponse> statuses =
        new ArrayDeque<>(
            List.of(
                status(false, "orders-db", "unavailable", "not loaded yet"),
                status(true, "orders-db", "stale", "the backend does not answer"),
                status(true, "orders-db", "fresh", "")));
    agent.answers("GetStatus", request -> List.of(statuses.removeFirst()));
    Run run = Run.of(agent, "wait", "--for", "orders-db", "--timeout", "20s");
    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .containsExactly(
            "latchkey wait: waiting for orders-db (not loaded yet)",
            "latchkey wait: waiting for orders-db (the backend does not answer)");
  }

  @Test
  void withoutANameReadinessIsEnough() {
    agent.answers("GetStatus", status(true, "orders-db", "stale", "late"));
    assertThat(Run.of(agent, "wait").code()).isZero();
    assertThat(Run.of(agent, "wait", "--json", "--for", "orders-db", "--timeout", "1ms").code())
        .isEqualTo(5);
  }

  @Test
  void aSecretThatNeverComesIsNamedWhenTheTimeIsOver() {
    agent.answers("GetStatus", status(false, "orders-db", "unavailable", "no such secret"));
    Run run = Run.of(agent, "wait", "--for", "orders-db", "--timeout", "300ms");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err())
        .contains("after 0.3 s still waiting for orders-db (no such secret)", "--timeout");
  }

  @Test
  void aNameThatIsNotDeclaredEndsAtOnce() {
    agent.answers("GetStatus", status(true, "orders-db", "fresh", ""));
    Run run = Run.of(agent, "wait", "--for", "ordres-db");
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err())
        .contains("'ordres-db' is not declared", "Declared under secrets: orders-db.", "--socket");
  }

  @Test
  void aFileThatIsNotDeliveredIsAnsweredWithThoseThatAre() {
    GetStatusResponse without = status(true, "orders-db", "fresh", "");
    agent.answers("GetStatus", without);
    Run none = Run.of(agent, "wait", "--for", "file:nope");
    assertThat(none.code()).isEqualTo(4);
    assertThat(none.err()).contains("'file:nope': ", "no such entry under files:", "nothing.");
    agent.answers(
        "GetStatus",
        without.toBuilder()
            .addComponents(ComponentStatus.newBuilder().setName("store").setHealth("healthy"))
            .addComponents(ComponentStatus.newBuilder().setName("file:tls").setHealth("healthy"))
            .build());
    Run run = Run.of(agent, "wait", "--for", "file:nope");
    assertThat(run.err()).contains("It has: file:tls.").doesNotContain("store", "--socket");
  }

  @Test
  void anApplicationIsToldWhichOfItsSecretsIsMissingWhileTheAgentIsNotReady() {
    agent.answers("Check", Int32Value.of(2));
    agent.answers("WatchCredentials", unavailable("a"), changed("b", false), CAUGHT_UP);
    Run run = application("wait", "--for", "a,b", "--timeout", "3s");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("still waiting for a (not yet)");
    agent.answers("WatchCredentials", changed("b", false));
    Run there = application("wait", "--for", "b", "--timeout", "3s");
    assertThat(there.code()).isEqualTo(5);
    assertThat(there.err()).contains("what the agent requires (it is not ready");
  }

  @Test
  void anAgentThatIsNotReadyIsWatchedSeldomAndEachReasonIsSaidOnce() {
    agent.answers("Check", Int32Value.of(2));
    agent.answers("WatchCredentials", STARTED, unavailable("a"), CAUGHT_UP);
    Run run = application("wait", "--for", "a", "--timeout", "3s");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err().lines().filter(line -> line.contains("waiting for a")))
        .containsExactly(
            "latchkey wait: waiting for a (not yet)",
            "latchkey wait: after 3.0 s still waiting for a (not yet)");
    assertThat(calls("Check")).isGreaterThan(3);
    assertThat(calls("WatchCredentials")).isEqualTo(1);
  }

  @Test
  void anAgentThatBecomesReadyIsWatchedAtOnceAndToTheEnd() {
    Deque<Int32Value> healths =
        new ArrayDeque<>(List.of(Int32Value.of(2), Int32Value.of(2), Int32Value.of(2)));
    agent.answers(
        "Check", request -> List.of(healths.isEmpty() ? Int32Value.of(1) : healths.removeFirst()));
    agent.answers(
        "WatchCredentials",
        request ->
            calls("WatchCredentials") == 1
                ? List.of(STARTED, unavailable("a"), CAUGHT_UP)
                : List.of(STARTED, unavailable("a"), CAUGHT_UP, changed("a", false)));
    Run run = application("wait", "--for", "a", "--timeout", "8s");
    assertThat(run.code()).isZero();
    assertThat(run.err().lines()).containsExactly("latchkey wait: waiting for a (not yet)");
    assertThat(calls("WatchCredentials")).isEqualTo(2);
  }

  @Test
  void aFileIsAComponentOfItsName() {
    GetStatusResponse.Builder status = status(true, "orders-db", "fresh", "").toBuilder();
    ComponentStatus.Builder file =
        ComponentStatus.newBuilder().setName("file:tls").setHealth("unhealthy").setReason("new");
    Deque<GetStatusResponse> statuses =
        new ArrayDeque<>(
            List.of(
                status.clone().addComponents(file).build(),
                status.clone().addComponents(file.clone().setHealth("healthy")).build()));
    agent.answers("GetStatus", request -> List.of(statuses.removeFirst()));
    Run run = Run.of(agent, "wait", "--for", "file:tls");
    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("waiting for file:tls (new)");
    assertThat(application("wait", "--for", "file:tls").code()).isEqualTo(2);
  }

  @Test
  void anApplicationWaitsForReadinessAndThenWatchesWithoutValues() {
    Deque<Int32Value> healths = new ArrayDeque<>(List.of(Int32Value.of(2), Int32Value.of(1)));
    agent.answers(
        "Check", request -> List.of(healths.size() > 1 ? healths.removeFirst() : healths.peek()));
    agent.answers(
        "WatchCredentials",
        unavailable("a"),
        changed("b", false),
        changed("a", true),
        changed("a", false));
    Run run = application("wait", "--for", "a,b", "--timeout", "20s");
    assertThat(run.code()).isZero();
    assertThat(run.err())
        .contains(
            "waiting for a (not yet), b (not heard of yet)",
            "a (not yet)",
            "waiting for a (stale)");
    assertThat(agent.asked(WatchCredentialsRequest.class).getMetadataOnly()).isTrue();
    assertThat(agent.called()).doesNotContain("GetSecret", "BatchGetSecrets", "GetStatus");
  }

  @Test
  void anApplicationThatIsDeniedIsToldAtOnce() {
    agent.refuses("WatchCredentials", Status.PERMISSION_DENIED);
    assertThat(application("wait", "--for", "a", "--timeout", "20s").code()).isEqualTo(3);
  }

  @Test
  void anAgentThatIsNotThereYetIsWaitedFor() throws Exception {
    Path late = directory.resolve("late.sock");
    CompletableFuture<Run> run =
        CompletableFuture.supplyAsync(
            () -> Run.with(late, new byte[0], "wait", "--timeout", "30s"));
    try (FakeAgent agent = new FakeAgent(late)) {
      agent.answers("Check", Int32Value.of(1));
      agent.answers("GetStatus", status(true, "orders-db", "fresh", ""));
      assertThat(run.get().code()).isZero();
    }
    Run never = Run.with(directory.resolve("never"), new byte[0], "wait", "--timeout", "100ms");
    assertThat(never.code()).isEqualTo(5);
    assertThat(never.err()).contains("waiting for the agent (no agent: there is no socket at");
  }

  private long calls(String name) {
    return agent.called().stream().filter(name::equals).count();
  }

  private Run application(String... arguments) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--socket";
    all[arguments.length + 1] = agent.socket().toString();
    return Run.of(agent, all);
  }

  private static GetStatusResponse status(
      boolean ready, String name, String condition, String reason) {
    return GetStatusResponse.newBuilder()
        .setReady(ready)
        .addSecrets(
            SecretStatus.newBuilder()
                .setSummary(SecretSummary.newBuilder().setName(name).setRequired(true))
                .setCondition(condition)
                .setReason(reason))
        .build();
  }

  private static WatchCredentialsResponse changed(String name, boolean stale) {
    return WatchCredentialsResponse.newBuilder()
        .setChanged(
            CredentialChanged.newBuilder()
                .setCredential(Credential.newBuilder().setName(name).setStale(stale)))
        .build();
  }

  private static WatchCredentialsResponse unavailable(String name) {
    return WatchCredentialsResponse.newBuilder()
        .setUnavailable(
            SecretUnavailable.newBuilder()
                .setName(name)
                .setFailure(
                    Failure.newBuilder()
                        .setCode(Status.Code.NOT_FOUND.value())
                        .setMessage("not yet")))
        .build();
  }
}
