package dev.latchkey.agent.rotation;

import static dev.latchkey.agent.rotation.RotationWorld.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rotation of a secret that a secret manager of its own keeps. */
final class UpstreamRotationTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final SecretContent FOREIGN = RotationWorld.content("orders_a", "somebody else's");

  private final RotationWorld world = RotationWorld.onVault();

  private void everyVersionIsTheSameHereAndThere() {
    SecretState now = world.currentState().orElseThrow();
    assertThat(world.atVault()).contains(now.content());
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo(now.backendVersion());
  }

  private void rotatedOnce() {
    world.rotate("").join();
    everyVersionIsTheSameHereAndThere();
  }

  private void foreignWrite() {
    world.vault.foreign(SECRET.text(), FOREIGN);
  }

  @Test
  void theManagerHasEachVersionBeforeItIsPublishedAndUnderItsOwnNumber() {
    world.atMoment(
        "PUBLISHED BEFORE_WRITE",
        () -> {
          assertThat(world.atVault()).isPresent();
          assertThat(world.currentState()).isEmpty();
        });
    rotatedOnce();
    world.time.advance(RotationWorld.OVERLAP);
    rotatedOnce();

    assertThat(world.vault.puts()).isEqualTo(2);
    assertThat(world.currentState().orElseThrow().backendVersion()).isEqualTo("2");
    assertThat(world.audited)
        .extracting(row -> row.operation())
        .containsSubsequence("rotation.verified", "rotation.stored", "rotation.published");
  }

  @Test
  void nothingIsStoredOfASecretThatTheAgentKeepsItself() {
    RotationWorld local = new RotationWorld();
    local.rotate("").join();
    assertThat(local.moments).noneMatch(moment -> moment.startsWith("STORED"));
    assertThat(local.vault.puts()).isZero();
  }

  @Test
  void aWriteWhoseAnswerIsLostIsFoundToBeItsOwnAndNotMadeTwice() {
    rotatedOnce();
    world.vault.loseAnswers(true);
    RotationState waiting = world.rotate("").join();
    assertThat(waiting.step()).isEqualTo(RotationStep.STORED);
    assertThat(waiting.waiting()).isEqualTo("waiting: the answer was lost");
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(1);

    world.time.advance(MINUTE);

    assertThat(world.vault.puts()).isEqualTo(2);
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(2);
    everyVersionIsTheSameHereAndThere();
  }

  @Test
  void aRecoveryThatFailsTakesBackWhatTheRotationBeforeItHadStored() {
    rotatedOnce();
    world.vault.loseAnswers(true);
    world.rotate("").join();
    world.target.refuseProofs(true);
    var _ = world.recover();
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.state().step()).isEqualTo(RotationStep.FAILED);
    world.vault.loseAnswers(false);
    world.target.refuseProofs(false);
    world.time.advance(Duration.ofMinutes(5));

    SecretState now = world.currentState().orElseThrow();
    assertThat(now.id().version()).isEqualTo(1);
    assertThat(world.atVault()).contains(now.content());
  }

  @Test
  void whileTheManagerIsDownTheOldCredentialGoesOnAndTheWaitIsSeen() {
    rotatedOnce();
    world.atMoment("STORED BEFORE_WRITE", world.vault::turnDown);
    RotationState waiting = world.rotate("").join();

    assertThat(waiting.step()).isEqualTo(RotationStep.STORED);
    assertThat(waiting.waiting()).isEqualTo("waiting: the backend is sealed");
    world.time.advance(Duration.ofHours(3));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(1);
    assertThat(world.currentOpens()).isTrue();
    assertThat(world.state().step()).isEqualTo(RotationStep.STORED);

    world.vault.failWith(null);
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(2);
    everyVersionIsTheSameHereAndThere();
  }

  @Test
  void whatSomebodyElseWroteBeforeARotationBlocksItBeforeTheTargetIsTouched() {
    rotatedOnce();
    foreignWrite();
    int calls = world.target.calls().size();

    RotationState blocked = world.rotate("").join();

    assertThat(blocked.step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(blocked.waiting())
        .startsWith("blocked: the newest version of orders-db at the backend \"vault\", 2, is not")
        .contains("adopt orders-db", "rotate orders-db --recover");
    assertThat(world.target.calls().subList(calls, world.target.calls().size()))
        .noneMatch(call -> call.startsWith("set") || call.startsWith("create"));
    assertThat(world.atVault()).contains(FOREIGN);
  }

  @Test
  void whatSomebodyElseWroteDuringARotationIsLeftAndTheCandidateIsShut() {
    rotatedOnce();
    world.atMoment("STORED BEFORE_WRITE", this::foreignWrite);
    CompletableFuture<RotationState> second = world.rotate("");

    assertThatThrownBy(second::join)
        .hasCauseInstanceOf(SecretException.class)
        .hasMessageContaining("was left as it is");
    assertThat(world.state().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.atVault()).contains(FOREIGN);
    assertThat(world.target.role("orders_b").opens()).isFalse();
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void anEqualNumberMakesNobodyElsesValueOurs() {
    rotatedOnce();
    world.vault.madeAnewWith(SECRET.text(), FOREIGN);
    assertThat(world.vault.newestText(SECRET.text()))
        .isEqualTo(world.currentState().orElseThrow().backendVersion());

    RotationState blocked = world.rotate("").join();

    assertThat(blocked.step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(blocked.waiting()).contains("is not this agent's");
    assertThat(world.atVault()).contains(FOREIGN);
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("1");
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void nobodyElsesValueUnderAnEqualNumberIsOverwrittenInTheMiddleOfARotation() {
    rotatedOnce();
    world.atMoment("STORED BEFORE_WRITE", () -> world.vault.madeAnewWith(SECRET.text(), FOREIGN));

    assertThatThrownBy(world.rotate("")::join).hasMessageContaining("was left as it is");

    assertThat(world.state().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("1");
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void ourNewestThatSomebodyDeletedIsWrittenAfter() {
    rotatedOnce();
    world.vault.delete(SECRET.text(), List.of("1"));
    rotatedOnce();
    assertThat(world.currentState().orElseThrow().backendVersion()).isEqualTo("2");
  }

  @Test
  void theSameValueUnderALaterNumberIsNobodyElses() {
    rotatedOnce();
    world.vault.foreign(SECRET.text(), world.currentState().orElseThrow().content());
    rotatedOnce();
    assertThat(world.currentState().orElseThrow().backendVersion()).isEqualTo("3");
  }

  @Test
  void anAdoptionTakesOverWhatSomebodyElseWrote() {
    rotatedOnce();
    world.time.advance(RotationWorld.OVERLAP);
    SecretValue password = SecretValue.ofText("set by an administrator");
    world.target.role("orders_b", true, "set by an administrator", 0);
    world.vault.foreign(
        SECRET.text(), RotationWorld.content("orders_b", "set by an administrator"));
    world.rotate("").join();

    world.rotations().rotation(SECRET).adopt("orders_b", password, "operator").join();

    assertThat(world.currentLogin()).isEqualTo("orders_b");
    everyVersionIsTheSameHereAndThere();
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aRecoveryWritesAfterWhatSomebodyElseWrote() {
    rotatedOnce();
    foreignWrite();
    world.recover().join();
    everyVersionIsTheSameHereAndThere();
    assertThat(world.currentState().orElseThrow().backendVersion()).isEqualTo("3");
  }

  @Test
  void aRollbackWritesTheEarlierContentAsANewVersion() {
    rotatedOnce();
    SecretContent first = world.currentState().orElseThrow().content();
    rotatedOnce();
    world.rollback(0).join();

    assertThat(world.currentState().orElseThrow().rolledBackFrom()).isEqualTo(1);
    assertThat(world.atVault()).contains(first);
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("3");
    everyVersionIsTheSameHereAndThere();
  }

  @Test
  void aRollbackWhoseWriteWasNotAnsweredGoesOnInsteadOfGivingUp() {
    rotatedOnce();
    rotatedOnce();
    world.vault.loseAnswers(true);
    assertThat(world.rollback(0).join().waiting()).isEqualTo("waiting: the answer was lost");
    world.vault.loseAnswers(false);
    world.time.advance(MINUTE);
    assertThat(world.currentState().orElseThrow().rolledBackFrom()).isEqualTo(1);
    everyVersionIsTheSameHereAndThere();
  }

  @Test
  void aVersionThatIsWrittenAndNotPublishedIsTakenBack() {
    rotatedOnce();
    SecretContent first = world.currentState().orElseThrow().content();
    String user = CurrentLogin.of(first);
    SecretValue password = first.field("password").orElseThrow();
    world.atMoment(
        "PUBLISHED BEFORE_WRITE",
        () ->
            world.put(
                SECRET, user, password.read(bytes -> new String(bytes, StandardCharsets.UTF_8))));
    CompletableFuture<RotationState> second = world.rotate("");

    assertThatThrownBy(second::join).hasCauseInstanceOf(SecretException.class);
    assertThat(world.state().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.atVault()).contains(world.currentState().orElseThrow().content());
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("3");
    assertThat(world.target.role("orders_b").opens()).isFalse();
  }

  /** A recovery that is given up deletes what the rotation before it had written as the first. */
  @Test
  void theFirstRotationGoesOnAfterAFirstVersionThatWasTakenBack() {
    world.vault.loseAnswers(true);
    world.rotate("").join();
    world.target.refuseProofs(true);
    CompletableFuture<RotationState> recovery = world.recover();
    world.time.advance(MINUTE);
    assertThat(recovery.join().step()).isEqualTo(RotationStep.VERIFIED);
    assertThat(world.state().step()).isEqualTo(RotationStep.FAILED);
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("1");
    assertThat(world.atVault()).isEmpty();

    world.target.refuseProofs(false);
    world.vault.loseAnswers(false);
    rotatedOnce();

    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("2");
  }

  @Test
  void whatSomebodyElseWroteAndDeletedIsWrittenAfter() {
    rotatedOnce();
    foreignWrite();
    world.vault.delete(SECRET.text(), List.of("2"));
    rotatedOnce();
    assertThat(world.vault.newestText(SECRET.text())).isEqualTo("3");
  }

  @Test
  void aRefusedWriteBlocksAndSaysWhatTheBackendMustAllow() {
    rotatedOnce();
    world.atMoment(
        "STORED BEFORE_WRITE",
        () ->
            world.vault.failWith(
                SecretException.of(Reason.BACKEND_REFUSED, "kv/orders: Vault answers 403")));
    RotationState blocked = world.rotate("").join();

    assertThat(blocked.step()).isEqualTo(RotationStep.BLOCKED);
    assertThat(blocked.waiting())
        .contains("let the agent write them: kv/orders: Vault answers 403")
        .doesNotContain("admin refused");
    assertThat(world.currentOpens()).isTrue();
  }

  @Test
  void aPathWithoutVersionsIsRefusedBeforeTheTargetIsTouched() {
    world.vault.failWith(SecretException.of(Reason.UNSUPPORTED, "kv1/orders keeps no versions"));
    RotationState blocked = world.rotate("").join();
    assertThat(blocked.waiting()).contains("must keep versions of a rotated secret");
    assertThat(world.target.calls()).noneMatch(call -> call.startsWith("create"));
  }

  @Test
  void aRestartWhileTheManagerIsDownTakesTheSameCandidateUpAgain() {
    rotatedOnce();
    world.atMoment("STORED AFTER_WRITE", world.vault::turnDown);
    world.rotate("").join();
    SecretValue candidate = world.rows().getFirst().candidate().orElseThrow();
    world.restart();
    world.time.advance(MINUTE);
    assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(1);

    world.vault.failWith(null);
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.currentState().orElseThrow().content().field("password")).contains(candidate);
    everyVersionIsTheSameHereAndThere();
  }

  @Test
  void thePreviewNamesTheWriteAndWhatBlocksIt() {
    rotatedOnce();
    assertThat(world.rotations().plan(SECRET).steps())
        .extracting(step -> step.step())
        .containsSubsequence("verified", "stored", "published");
    world.time.advance(RotationWorld.OVERLAP);
    foreignWrite();
    assertThat(world.rotations().plan(SECRET).blocked()).contains("is not this agent's");
  }
}
