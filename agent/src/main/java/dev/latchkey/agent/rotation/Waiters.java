package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Who waits for which rotation. Used on the runner's thread alone. */
final class Waiters {

  private final Map<String, List<Waiter>> byRotation = new HashMap<>();

  void add(
      String rotationId, Consumer<RotationState> progress, CompletableFuture<RotationState> end) {
    byRotation.computeIfAbsent(rotationId, id -> new ArrayList<>()).add(new Waiter(progress, end));
  }

  /** Tells of a step; a listener that throws is not told again. */
  void tell(RotationState state) {
    List<Waiter> waiters = byRotation.getOrDefault(state.id(), new ArrayList<>());
    waiters.removeIf(waiter -> !waiter.told(state));
  }

  void complete(RotationState state) {
    remove(state.id()).forEach(waiter -> waiter.end().complete(state));
  }

  void fail(String rotationId, SecretException why) {
    remove(rotationId).forEach(waiter -> waiter.end().completeExceptionally(why));
  }

  void failAll(SecretException why) {
    List.copyOf(byRotation.keySet()).forEach(id -> fail(id, why));
  }

  private List<Waiter> remove(String rotationId) {
    List<Waiter> waiters = byRotation.remove(rotationId);
    return waiters == null ? List.of() : waiters;
  }

  private record Waiter(Consumer<RotationState> progress, CompletableFuture<RotationState> end) {

    boolean told(RotationState state) {
      try {
        progress.accept(state);
        return true;
      } catch (RuntimeException e) {
        end.completeExceptionally(e);
        return false;
      }
    }
  }
}
