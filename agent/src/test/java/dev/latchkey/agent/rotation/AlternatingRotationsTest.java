package dev.latchkey.agent.rotation;

import static dev.latchkey.agent.rotation.RotationWorld.OVERLAP;
import static dev.latchkey.agent.rotation.RotationWorld.SECRET;
import static dev.latchkey.agent.rotation.RotationWorld.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class AlternatingRotationsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final RotationWorld world = new RotationWorld();

  @Test
  void theFirstRotationMakesThePairAndPublishesVersionOne() {
    RotationState state = world.rotate("").join();

    assertThat(state.version()).isEqualTo(1);
    assertThat(state.step().ends() || state.step() == RotationStep.PUBLISHED).isTrue();
    SecretState published = world.currentState().orElseThrow();
    assertThat(published.content().fields().keySet())
        .containsExactly("database", "host", "password", "port", "role", "url", "username");
    assertThat(world.currentLogin()).isEqualTo("orders_a");
    assertThat(published.previousValidUntil()).isEmpty();
    assertThat(world.target.calls()).contains("create orders_a", "create orders_b", "set orders_a");
    assertThat(world.state().step()).isEqualTo(RotationStep.RETIRED);
  }

  @Test
  void eachStepIsPersistedAndAuditedBeforeItActs() {
    world.rotate("").join();

    assertThat(world.moments.subList(0, 6))
        .containsExactly(
            "PLANNED BEFORE_WRITE",
            "PLANNED AFTER_WRITE",
            "PLANNED AFTER_ACT",
            "CREATED BEFORE_WRITE",
            "CREATED AFTER_WRITE",
            "CREATED AFTER_ACT");
    assertThat(world.audited)
        .extracting(row -> row.operation())
        .containsExactly(
            "rotation.planned",
            "rotation.created",
            "rotation.set",
            "rotation.verified",
            "rotation.published",
            "rotation.drained",
            "rotation.retired");
  }

  @Test
  void retiresThePreviousLoginAtTheHardEndOfTheOverlapAndNotBefore() {
    world.rotate("").join();
    RotationState second = world.rotate("").join();
    assertThat(second.login()).isEqualTo("orders_b");
    assertThat(world.currentState().orElseThrow().previousValidUntil())
        .contains(world.time.now().plus(OVERLAP));

    world.time.advance(OVERLAP.minus(SECOND));
    assertThat(world.target.role("orders_a").opens()).isTrue();
    assertThat(world.state().step()).isEqualTo(RotationStep.PUBLISHED);

    world.time.advance(SECOND);
    assertThat(world.target.role("orders_a").opens()).isFalse();
    assertThat(world.state().step()).isEqualTo(RotationStep.RETIRED);
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void retiresEarlierOnlyWhenAllAcknowledgedAndTheRollbackWindowIsOver() {
    twoVersions();
    world.holders.acknowledgeAll(SECRET, 2);
    world.time.advance(WINDOW.minus(SECOND));
    assertThat(world.target.role("orders_a").opens()).isTrue();

    world.time.advance(SECOND);
    assertThat(world.target.role("orders_a").opens()).isFalse();
  }

  @Test
  void anAcknowledgementAfterTheWindowRetiresAtOnce() {
    twoVersions();
    world.time.advance(WINDOW.plus(SECOND));
    assertThat(world.target.role("orders_a").opens()).isTrue();

    world.holders.acknowledgeAll(SECRET, 2);

    assertThat(world.target.role("orders_a").opens()).isFalse();
  }

  @Test
  void setWaitsUntilTheLoginBeforeIsRetired() {
    twoVersions();
    CompletableFuture<RotationState> third = world.rotate("");

    assertThat(third).isNotDone();
    assertThat(world.state().waiting()).isEqualTo("waiting: drain");
    assertThat(world.state().step()).isEqualTo(RotationStep.CREATED);
    assertThat(world.state().retireAt()).contains(world.time.now().plus(OVERLAP));

    world.time.advance(OVERLAP);
    assertThat(third.join().login()).isEqualTo("orders_a");
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aSecondRequestJoinsByItsIdAndIsRefusedOtherwise() {
    twoVersions();
    CompletableFuture<RotationState> first = world.rotate("request-1");
    CompletableFuture<RotationState> same = world.rotate("request-1");
    CompletableFuture<RotationState> other = world.rotate("request-2");

    assertThatThrownBy(() -> other.join()).hasCauseInstanceOf(SecretException.class);
    assertThat(same).isNotDone();
    world.time.advance(OVERLAP);
    assertThat(same.join().id()).isEqualTo(first.join().id());
    assertThat(world.rotate("request-1").join().id()).isEqualTo(first.join().id());
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(3);
  }

  @Test
  void tellsEachStepInOrder() {
    List<RotationStep> told = new ArrayList<>();
    world.rotate(state -> told.add(state.step())).join();

    assertThat(told)
        .containsExactly(
            RotationStep.PLANNED,
            RotationStep.CREATED,
            RotationStep.SET,
            RotationStep.VERIFIED,
            RotationStep.PUBLISHED);
  }

  @Test
  void aRollbackPublishesTheEarlierContentAsANewVersionAndCancelsItsRetirement() {
    twoVersions();
    RotationState state = world.rollback(0).join();

    SecretState now = world.currentState().orElseThrow();
    assertThat(state.version()).isEqualTo(3);
    assertThat(now.rolledBackFrom()).isEqualTo(1);
    assertThat(now.cause()).isEqualTo(Cause.ROLLBACK);
    assertThat(world.currentLogin()).isEqualTo("orders_a");
    assertThat(world.rows()).extracting(RotationRecord::step).contains(RotationStep.ROLLED_BACK);

    world.time.advance(OVERLAP.plus(OVERLAP));
    assertThat(world.currentOpens()).isTrue();
    assertThat(world.target.role("orders_b").opens()).isFalse();
  }

  @Test
  void aRotationThatWaitsGivesWayToARollback() {
    twoVersions();
    CompletableFuture<RotationState> waiting = world.rotate("");
    world.rollback(1).join();

    assertThat(waiting.join().step()).isEqualTo(RotationStep.ROLLED_BACK);
    assertThat(world.currentLogin()).isEqualTo("orders_a");
    world.time.advance(OVERLAP);
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aRollbackToARetiredLoginIsRefusedAndChangesNothing() {
    twoVersions();
    world.time.advance(OVERLAP);

    assertThatThrownBy(() -> world.rotations().rollback(SECRET, 1, "operator", state -> {}))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(2);
    assertThat(world.currentOpens()).isTrue();
    assertThat(world.rotate("").join().version()).isEqualTo(3);
  }

  @Test
  void aRefusedAdministratorTakesNoStepAndIsTriedAgainWithBackoff() {
    twoVersions();
    world.time.advance(OVERLAP);
    world.target.refuseAdmin(true);
    RotationState state = world.rotate("").join();

    assertThat(state.step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(state.waiting()).isEqualTo("blocked: admin refused");
    assertThat(world.rows().getFirst().step()).isEqualTo(RotationStep.PLANNED);
    assertThat(world.currentOpens()).isTrue();
    world.time.advance(Duration.ofHours(1));
    assertThat(world.events)
        .filteredOn(event -> event instanceof AgentEvent.RotationBlocked)
        .hasSize(1);

    world.target.refuseAdmin(false);
    world.put(RotationWorld.ADMIN, "admin", "new-admin-password");
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(3);
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aRotationResumesWithTheSameCandidateWhenTheTargetComesBack() {
    world.target.down(true);
    RotationState state = world.rotate("").join();
    assertThat(state.waiting()).startsWith("waiting: ");
    SecretValue candidate = world.rows().getFirst().candidate().orElseThrow();

    world.target.down(false);
    world.time.advance(Duration.ofMinutes(10));

    assertThat(world.currentState().orElseThrow().content().field("password")).contains(candidate);
  }

  @Test
  void whatIsNotProvedIsNeverMadeCurrentAndItsLoginIsShutAgain() {
    world.rotate("").join();
    world.target.refuseProofs(true);
    world.rotate("").join();
    world.time.advance(Duration.ofMinutes(10));

    assertThat(world.rows().getFirst().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(1);
    assertThat(world.target.role("orders_b").opens()).isFalse();
    assertThat(world.events).anyMatch(event -> event instanceof AgentEvent.RotationFailed);
  }

  @Test
  void aPutMeanwhileEndsTheRotation() {
    twoVersions();
    CompletableFuture<RotationState> waiting = world.rotate("");
    world.put(SECRET, "orders_b", "given-by-an-operator");

    assertThat(waiting.join().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(3);
  }

  @Test
  void sessionsThatAreLeftAfterAllAcknowledgedAreAnErrorEvent() {
    twoVersions();
    world.target.openSessions("orders_a", 2);
    world.holders.acknowledgeAll(SECRET, 2);
    world.time.advance(WINDOW);

    assertThat(world.events)
        .contains(new AgentEvent.SessionsEndedAtRetirement(SECRET, "orders_a", 2));
    assertThat(world.state().endedSessions()).isEqualTo(2);
  }

  @Test
  void theFirstRotationNeverOverwritesALoginThatWorks() {
    world.target.role("orders_a", true, "legacy", 3);
    RotationState state = world.rotate("").join();

    assertThat(state.step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(state.waiting()).contains("adopt");
    assertThat(world.target.opens("orders_a", SecretValue.ofText("legacy"))).isTrue();
  }

  @Test
  void adoptsAnExistingUserWithoutResettingIt() {
    world.target.role("orders_a", true, "legacy", 3);
    SecretValue password = SecretValue.ofText("legacy");
    Rotations.Adoption plan =
        world.rotations().adopt(SECRET, "orders_a", password, true, "operator");
    assertThat(plan.state()).isEmpty();
    assertThat(world.currentState()).isEmpty();

    world.rotate("").join();
    Rotations.Adoption adopted =
        world.rotations().adopt(SECRET, "orders_a", password, false, "operator");

    assertThat(adopted.state()).isPresent();
    assertThat(world.currentState().orElseThrow().cause()).isEqualTo(Cause.ADOPTION);
    assertThat(world.target.opens("orders_a", password)).isTrue();
    assertThat(world.target.role("orders_a").sessions()).isEqualTo(3);
    assertThat(world.rotate("").join().login()).isEqualTo("orders_b");
  }

  @Test
  void refusesToAdoptAWrongPasswordOrAForeignUser() {
    world.target.role("orders_a", true, "legacy", 0);
    SecretValue wrong = SecretValue.ofText("wrong");

    assertThatThrownBy(() -> world.rotations().adopt(SECRET, "orders_a", wrong, false, "operator"))
        .isInstanceOf(SecretException.class);
    assertThatThrownBy(() -> world.rotations().adopt(SECRET, "other", wrong, false, "operator"))
        .isInstanceOf(SecretException.class);
    assertThat(world.rotations().adopt(SECRET, "other", wrong, true, "operator").administratorSql())
        .isNotEmpty();
    assertThat(world.currentState()).isEmpty();
  }

  @Test
  void recoversWhenTheStoresValueWasSpoiled() {
    twoVersions();
    world.current.spoil(SECRET);
    RotationState state = world.recover().join();

    assertThat(state.version()).isEqualTo(3);
    assertThat(state.login()).isEqualTo("orders_a");
    assertThat(world.currentState().orElseThrow().cause()).isEqualTo(Cause.RECOVERY);
    assertThat(world.currentOpens()).isTrue();
    world.time.advance(OVERLAP);
    assertThat(world.target.role("orders_b").opens()).isFalse();
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void recoversAPairOfWhichNothingIsKnown() {
    world.target.role("orders_a", true, "lost", 1);
    world.target.role("orders_b", true, "lost too", 0);

    assertThat(world.recover().join().version()).isEqualTo(1);
    assertThat(world.currentOpens()).isTrue();
    world.time.advance(OVERLAP);
    assertThat(world.target.role("orders_b").opens()).isFalse();
  }

  @Test
  void aPlanRunsNothing() {
    Rotations.Plan plan = world.rotations().plan(SECRET);

    assertThat(plan.blocked()).isEmpty();
    assertThat(plan.steps())
        .extracting(Rotations.PlannedStep::step)
        .containsExactly("planned", "created", "set", "verified", "published");
    assertThat(world.target.calls()).containsExactly("inspect orders_a");
    assertThat(world.rows()).isEmpty();
    world.target.refuseAdmin(true);
    assertThat(world.rotations().plan(SECRET).blocked()).isEqualTo("admin refused");
  }

  @Test
  void rotatesByItselfOnceAnIntervalAndAfterTheClockJumped() {
    RotationWorld scheduled = new RotationWorld(Optional.of(Duration.ofHours(24)));
    assertThat(scheduled.currentState().orElseThrow().id().version()).isEqualTo(1);
    assertThat(scheduled.state().nextAt()).isPresent();

    scheduled.time.advance(Duration.ofHours(21));
    assertThat(scheduled.currentState().orElseThrow().id().version()).isEqualTo(1);
    scheduled.time.advance(Duration.ofHours(3));
    assertThat(scheduled.currentState().orElseThrow().id().version()).isEqualTo(2);

    scheduled.time.jump(Duration.ofDays(2));
    scheduled.time.advance(Duration.ofSeconds(15));
    assertThat(scheduled.currentState().orElseThrow().id().version()).isEqualTo(3);
  }

  @Test
  void checksATargetByItsNameAndByItsSecret() {
    assertThat(world.rotations().check("orders", false).checks()).isNotEmpty();
    assertThat(world.rotations().check("orders-db", true).administratorSql())
        .containsExactly("GRANT to admin");
    assertThatThrownBy(() -> world.rotations().check("nothing", true))
        .isInstanceOf(SecretException.class);
    assertThatThrownBy(() -> world.rotations().plan(new SecretName("orders-admin")))
        .hasMessageContaining("without a rotation");
    assertThatThrownBy(() -> world.rotations().plan(new SecretName("open/mail")))
        .hasMessageContaining("open/mail is not declared")
        .extracting(refused -> ((SecretException) refused).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void whoWaitsIsToldThatTheAgentStopsAndTheRotationGoesOn() {
    twoVersions();
    CompletableFuture<RotationState> waiting = world.rotate("");
    assertThat(waiting).isNotDone();

    world.rotations().stopWaiting();

    assertThat(waiting).isCompletedExceptionally();
    assertThatThrownBy(waiting::join).hasMessageContaining("goes on when it starts again");
    assertThatThrownBy(world.rotate("")::join).hasMessageContaining("the agent stops");
    world.time.advance(OVERLAP.plus(OVERLAP));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(3);
  }

  @Test
  void closesWithoutATimerLeft() {
    twoVersions();
    CompletableFuture<RotationState> waiting = world.rotate("");
    world.rotations().close();

    assertThat(waiting).isCompletedExceptionally();
    assertThat(world.time.pending()).isZero();
  }

  private void twoVersions() {
    world.rotate("").join();
    world.rotate("").join();
  }
}
