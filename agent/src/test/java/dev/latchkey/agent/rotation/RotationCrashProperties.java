package dev.latchkey.agent.rotation;

import static dev.latchkey.agent.rotation.RotationWorld.OVERLAP;
import static dev.latchkey.agent.rotation.RotationWorld.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever happens in whatever order, the current credential works and no login is left that nobody
 * can account for.
 */
final class RotationCrashProperties {

  private static final int LONGEST = 60;

  private final List<RotationWorld> worlds = new ArrayList<>();

  /** Something that happens. */
  enum Happening {
    ROTATE,
    ROLL_BACK,
    RECOVER,
    ACKNOWLEDGE,
    SECONDS_PASS,
    WINDOW_PASSES,
    OVERLAP_PASSES,
    ADMIN_TURNS,
    TARGET_TURNS,
    PROOFS_TURN,
    VAULT_TURNS,
    ANSWERS_TURN,
    RESTART
  }

  /**
   * Something that happens, and the process dying so many moments later; negative for not at all.
   */
  record Action(Happening happening, int crashAfter) {}

  @Provide
  Arbitrary<List<Action>> actions() {
    Arbitrary<Action> action =
        Arbitraries.of(Happening.class)
            .flatMap(
                happening ->
                    Arbitraries.integers()
                        .between(-20, 20)
                        .map(moments -> new Action(happening, moments)));
    return action.list().ofMaxSize(25);
  }

  @Property(tries = 1000)
  void theCurrentLoginAlwaysOpensAndTheOtherIsAccountedFor(
      @ForAll("actions") List<Action> actions) {
    survives(new RotationWorld(), actions);
  }

  @Property(tries = 1000)
  void theSameHoldsOnASecretManagerThatEndsWithWhatIsCurrent(
      @ForAll("actions") List<Action> actions) {
    RotationWorld world = RotationWorld.onVault();
    survives(world, actions);
    assertThat(world.atVault()).isEqualTo(world.currentState().map(state -> state.content()));
  }

  private static void survives(RotationWorld world, List<Action> actions) {
    world.target.onRetire(
        user -> {
          assertThat(user).isNotEqualTo(world.currentLogin());
          assertThat(world.rows())
              .noneMatch(
                  row ->
                      row.underWay()
                          && row.isSet()
                          && row.failure().isEmpty()
                          && row.login().equals(user));
        });
    long version = 0;
    for (Action action : actions) {
      world.crashAfter(action.crashAfter());
      boolean crashed = world.crashes(() -> happen(world, action.happening()));
      holds(world);
      if (crashed) {
        world.restart();
        holds(world);
      }
      long now = world.currentState().map(state -> state.id().version()).orElse(0L);
      assertThat(now).isGreaterThanOrEqualTo(version);
      version = now;
    }
    settle(world);
  }

  @Example
  void aCrashAtEachMomentOfEachStepIsTakenUpAgain() {
    aCrashAtEachMoment(RotationWorld::new);
  }

  @Example
  void aCrashAtEachMomentOfEachStepOnASecretManagerLeavesNoOtherVersionThere() {
    aCrashAtEachMoment(
        () -> {
          RotationWorld world = RotationWorld.onVault();
          worlds.add(world);
          return world;
        });
    assertThat(worlds).hasSizeGreaterThan(22);
    for (RotationWorld world : worlds) {
      SecretState now = world.currentState().orElseThrow();
      assertThat(world.atVault()).contains(now.content());
      assertThat(world.vault.newestText(SECRET.text()))
          .isEqualTo(now.backendVersion())
          .isEqualTo(Long.toString(now.id().version()));
    }
  }

  private static void aCrashAtEachMoment(Supplier<RotationWorld> worlds) {
    for (int moment = 0; moment < LONGEST; moment++) {
      RotationWorld world = worlds.get();
      world.rotate("").join();
      world.crashAfter(moment);
      boolean crashed =
          world.crashes(
              () -> {
                world.rotate("").join();
                world.time.advance(OVERLAP);
              });
      holds(world);
      if (!crashed) {
        assertThat(moment).isGreaterThanOrEqualTo(20);
        return;
      }
      world.restart();
      holds(world);
      settle(world);
      long expected = moment == 0 ? 1 : 2;
      assertThat(world.currentState().orElseThrow().id().version()).isEqualTo(expected);
    }
  }

  private static void happen(RotationWorld world, Happening happening) {
    switch (happening) {
      case ROTATE -> asked(world.rotate(""));
      case ROLL_BACK -> asked(world.rollback(0));
      case RECOVER -> asked(world.recover());
      case ACKNOWLEDGE ->
          world.holders.acknowledgeAll(
              SECRET, world.currentState().map(state -> state.id().version()).orElse(0L));
      case SECONDS_PASS -> world.time.advance(Duration.ofSeconds(20));
      case WINDOW_PASSES -> world.time.advance(RotationWorld.WINDOW);
      case OVERLAP_PASSES -> world.time.advance(OVERLAP);
      case ADMIN_TURNS -> world.target.turnAdmin();
      case TARGET_TURNS -> world.target.turnDown();
      case PROOFS_TURN -> world.target.turnProofs();
      case VAULT_TURNS -> world.vault.turnDown();
      case ANSWERS_TURN -> world.vault.turnAnswers();
      case RESTART -> world.restart();
    }
  }

  /** Nobody is told of anything but the agent's own exception. */
  private static void asked(CompletableFuture<RotationState> answer) {
    if (answer.isCompletedExceptionally()) {
      assertThat(answer.exceptionNow()).isInstanceOf(SecretException.class);
    }
  }

  /** What must hold at every moment, a crash included. */
  private static void holds(RotationWorld world) {
    assertThat(world.currentOpens()).as("the current login opens").isTrue();
    for (String user : List.of("orders_a", "orders_b")) {
      assertThat(
              !world.target.role(user).opens()
                  || kept(world).anyMatch(value -> world.target.opens(user, value)))
          .as(user + " is shut or opens with a value that is kept")
          .isTrue();
    }
  }

  private static Stream<SecretValue> kept(RotationWorld world) {
    return Stream.concat(
        world.current.versions(SECRET).stream()
            .map(SecretState::content)
            .flatMap(content -> content.field("password").stream()),
        world.rows().stream().flatMap(row -> row.candidate().stream()));
  }

  /**
   * Once every fault is mended and time has passed, nothing is left to do and one login of the pair
   * opens.
   */
  private static void settle(RotationWorld world) {
    world.crashAfter(-1);
    world.target.refuseAdmin(false);
    world.target.down(false);
    world.target.refuseProofs(false);
    world.vault.failWith(null);
    world.vault.loseAnswers(false);
    world.time.advance(OVERLAP.multipliedBy(6));
    holds(world);
    assertThat(world.rows()).allMatch(RotationRecord::ended);
    long open =
        Stream.of("orders_a", "orders_b").filter(user -> world.target.role(user).opens()).count();
    assertThat(open).isEqualTo(world.currentState().isPresent() ? 1 : 0);
  }
}
