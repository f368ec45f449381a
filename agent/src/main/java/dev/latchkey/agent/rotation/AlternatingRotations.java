package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Rotates every declared secret by two login roles that alternate.
 *
 * <p>{@link #start} takes up every rotation that had not ended. Owns a timer per secret, and two
 * listeners, until {@link #close}.
 */
public final class AlternatingRotations implements Rotations, AutoCloseable {

  private final RotationContext context;
  private final RotationPlans plans;
  private final Map<SecretName, SecretRotation> rotations = new TreeMap<>();
  private final List<AutoCloseable> listeners = new ArrayList<>();

  public AlternatingRotations(RotationContext context) {
    this.context = context;
    this.plans = new RotationPlans(context);
    for (Declaration declared : context.catalog().declared()) {
      declared
          .rotation()
          .ifPresent(
              rotation ->
                  rotations.put(
                      declared.name(), new SecretRotation(declared.name(), rotation, context)));
    }
  }

  /** Takes up what had not ended, and keeps the schedules from now on. Returns at once. */
  public void start() {
    listeners.add(context.holders().onAcknowledgement(this::acknowledged));
    listeners.add(context.current().listen(this::changed));
    rotations.values().forEach(SecretRotation::wake);
  }

  @Override
  public void close() {
    for (AutoCloseable listener : listeners) {
      try {
        listener.close();
      } catch (Exception e) {
        throw new IllegalStateException("a listener could not be closed", e);
      }
    }
    rotations.values().forEach(SecretRotation::close);
  }

  @Override
  public Plan plan(SecretName name) {
    SecretRotation rotation = rotation(name);
    return plans.plan(name, rotation.declaration(), rotation.state());
  }

  @Override
  public RotationState rotate(
      SecretName name, String requestId, String actor, Consumer<RotationState> progress) {
    return join(rotation(name).rotate(requestId, actor, progress));
  }

  @Override
  public RotationState rollback(
      SecretName name, long version, String actor, Consumer<RotationState> progress) {
    return join(rotation(name).rollback(version, actor, progress));
  }

  @Override
  public Adoption adopt(
      SecretName name, String username, SecretValue password, boolean planOnly, String actor) {
    SecretRotation rotation = rotation(name);
    Adoption plan = plans.adoption(rotation.declaration(), username, password);
    if (planOnly) {
      return plan;
    }
    if (!plan.administratorSql().isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "an administrator must prepare the target first; adopt with --plan prints what to run");
    }
    RotationState state = join(rotation.adopt(username, password, actor));
    if (state.version() == 0) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "not adopted"
              + (state.failure().isEmpty()
                  ? " yet, it goes on by itself: " + state.waiting()
                  : ": " + state.failure()));
    }
    return new Adoption(
        plan.steps(),
        List.of(),
        context.current().version(name, state.version()).map(adopted -> adopted.id()));
  }

  @Override
  public RotationState recover(SecretName name, String actor, Consumer<RotationState> progress) {
    return join(rotation(name).recover(actor, progress));
  }

  @Override
  public void stopWaiting() {
    rotations.values().forEach(SecretRotation::stopWaiting);
  }

  @Override
  public TargetReport check(String targetOrSecret, boolean sqlOnly) {
    return plans.check(targetOrSecret, sqlOnly);
  }

  @Override
  public List<RotationState> history(SecretName name, int limit) {
    return new RotationJournal(context)
        .history(name, limit).stream().map(RotationStates::of).toList();
  }

  @Override
  public List<RotationState> states() {
    return rotations.values().stream().flatMap(rotation -> rotation.state().stream()).toList();
  }

  @Override
  public Optional<RotationState> state(SecretName name) {
    return Optional.ofNullable(rotations.get(name)).flatMap(SecretRotation::state);
  }

  private void acknowledged(SecretName name) {
    Optional.ofNullable(rotations.get(name)).ifPresent(SecretRotation::wake);
  }

  /** A new administrator's credential mends what it blocked; never blocks. */
  private void changed(Held now) {
    SecretName changed = now.state().name();
    Optional.ofNullable(rotations.get(changed)).ifPresent(SecretRotation::wake);
    if (context.catalog().isAdministrator(changed)) {
      rotations.values().stream()
          .filter(rotation -> isAdministrator(changed, rotation.declaration()))
          .forEach(SecretRotation::retry);
    }
  }

  private boolean isAdministrator(SecretName name, RotationDeclaration rotation) {
    return context
        .catalog()
        .target(rotation.target())
        .flatMap(TargetDeclaration::admin)
        .filter(name::equals)
        .isPresent();
  }

  /** The rotation of one secret, whose requests do not block. */
  SecretRotation rotation(SecretName name) {
    SecretRotation rotation = rotations.get(name);
    if (rotation == null) {
      throw context.catalog().isDeclared(name)
          ? SecretException.of(
              Reason.NOT_POSSIBLE_NOW,
              name + " is declared without a rotation; add one to its declaration")
          : SecretException.of(
              Reason.NOT_FOUND,
              name + " is not declared; what is rotated is declared under secrets:");
    }
    return rotation;
  }

  private static RotationState join(CompletableFuture<RotationState> end) {
    try {
      return end.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SecretException secret) {
        throw secret;
      }
      throw e;
    }
  }
}
