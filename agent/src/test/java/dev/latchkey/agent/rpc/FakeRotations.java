package dev.latchkey.agent.rpc;

import dev.latchkey.agent.rotation.RotationState;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.Rotations;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Rotations that go from set to published at once. */
final class FakeRotations implements Rotations {

  /** The one name without rotations. */
  static final String NEVER_ROTATED = "open/nothing";

  private final LoopGuard guard;
  private volatile Optional<RotationState> shown = Optional.empty();
  private volatile CompletableFuture<Void> end = CompletableFuture.completedFuture(null);

  FakeRotations(LoopGuard guard) {
    this.guard = guard;
  }

  private static RotationState state(SecretName name, RotationStep step) {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    return new RotationState(
        "r1", name, step, "", "", "orders_b", 2, at, at, Optional.empty(), Optional.of(at), 0);
  }

  /** A rotation stands at {@code step}, which made {@code version} current; 0 for none yet. */
  void stands(SecretName name, RotationStep step, long version) {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    shown =
        Optional.of(
            new RotationState(
                "r1",
                name,
                step,
                "",
                "",
                "orders_b",
                version,
                at,
                at,
                Optional.empty(),
                Optional.of(at),
                0));
  }

  /** Keeps every rotation between its steps until {@code until} is complete. */
  void holdUp(CompletableFuture<Void> until) {
    end = until;
  }

  private RotationState run(SecretName name, Consumer<RotationState> progress) {
    guard.blocks("rotations");
    progress.accept(state(name, RotationStep.SET));
    try {
      end.join();
    } catch (CompletionException stopped) {
      throw SecretException.of(Reason.UNAVAILABLE, "the rotation goes on", stopped);
    }
    progress.accept(state(name, RotationStep.PUBLISHED));
    return state(name, RotationStep.PUBLISHED);
  }

  @Override
  public Plan plan(SecretName name) {
    guard.blocks("rotations.plan");
    return new Plan(List.of(new PlannedStep("set", "sets it", List.of("ALTER ROLE"))), "");
  }

  @Override
  public RotationState rotate(
      SecretName name, String requestId, String actor, Consumer<RotationState> progress) {
    return run(name, progress);
  }

  @Override
  public RotationState rollback(
      SecretName name, long version, String actor, Consumer<RotationState> progress) {
    return run(name, progress);
  }

  @Override
  public Adoption adopt(
      SecretName name, String username, SecretValue password, boolean planOnly, String actor) {
    guard.blocks("rotations.adopt");
    return new Adoption(List.of(), List.of("GRANT"), Optional.empty());
  }

  @Override
  public RotationState recover(SecretName name, String actor, Consumer<RotationState> progress) {
    return run(name, progress);
  }

  @Override
  public void stopWaiting() {
    end.completeExceptionally(new IllegalStateException("stopping"));
  }

  @Override
  public TargetReport check(String targetOrSecret, boolean sqlOnly) {
    guard.blocks("rotations.check");
    return new TargetReport(List.of(new Target.Check("createrole", true, "ok")), List.of());
  }

  @Override
  public List<RotationState> history(SecretName name, int limit) {
    guard.blocks("rotations.history");
    return name.text().equals(NEVER_ROTATED)
        ? List.of()
        : List.of(state(name, RotationStep.RETIRED));
  }

  @Override
  public List<RotationState> states() {
    return List.of();
  }

  @Override
  public Optional<RotationState> state(SecretName name) {
    return shown.filter(state -> state.name().equals(name));
  }
}
