package dev.latchkey.agent.inject;

import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Gate;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Every delivery into files. A change wakes those that depend on the changed secret and no other.
 */
public final class Deliveries implements AutoCloseable {

  /** For how long the files of all deliveries may take to be left as they shall be left. */
  private static final Duration LEAVING = Duration.ofSeconds(10);

  /** For how long those that stay as they are may be busy with something else at the end. */
  private static final Duration STAYING = Duration.ofSeconds(1);

  private final DeliveryContext context;
  private final List<Courier> couriers;
  private final Map<SecretName, List<Courier>> bySecret = new HashMap<>();
  private volatile AutoCloseable listening = () -> {};
  private volatile boolean started;
  private volatile boolean allLeft = true;

  /** Writes nothing until {@link #start}. */
  public Deliveries(List<Delivery> deliveries, DeliveryContext context) {
    this.context = context;
    this.couriers = deliveries.stream().map(each -> new Courier(each, context)).toList();
    for (Courier courier : couriers) {
      for (SecretName secret : courier.delivery().secrets()) {
        bySecret.computeIfAbsent(secret, none -> new ArrayList<>()).add(courier);
      }
    }
  }

  /**
   * Looks at every place, then begins to write, and answers without waiting for it.
   *
   * @throws SecretException INVALID_REQUEST when a delivery can never be written as it is declared
   */
  public void start() {
    if (couriers.isEmpty()) {
      return;
    }
    checkAll();
    Map<String, Kept> kept = context.transactions().call(context.store()::all);
    Set<SecretName> withdrawn = context.current().withdrawn();
    couriers.forEach(
        courier ->
            Optional.ofNullable(kept.get(courier.delivery().name()))
                .ifPresent(of -> courier.takeUp(of, withdrawn)));
    listening =
        context
            .current()
            .listen(
                new ChangeListener() {
                  @Override
                  public void changed(Held now) {
                    of(now.state().name()).forEach(courier -> courier.changed(now));
                  }

                  @Override
                  public void withdrawn(SecretName name) {
                    of(name).forEach(courier -> courier.withdrawn(name));
                  }

                  @Override
                  public void missing(SecretName name) {
                    of(name).forEach(courier -> courier.missing(name));
                  }
                });
    started = true;
    couriers.forEach(Courier::start);
  }

  /** Judges again, after a jump of the wall clock, what ends by it. */
  public void planAgain() {
    couriers.forEach(Courier::planAgain);
  }

  private List<Courier> of(SecretName name) {
    return bySecret.getOrDefault(name, List.of());
  }

  /** A file system that does not answer keeps the agent from serving nobody else. */
  private void checkAll() {
    Map<Delivery, CompletableFuture<Boolean>> checks = new LinkedHashMap<>();
    for (Courier courier : couriers) {
      Placement placement = courier.delivery().placement();
      checks.put(
          courier.delivery(),
          context
              .fileThreads()
              .start(
                  placement.path(),
                  courier.stuck().writing(),
                  () -> context.files().check(placement)));
    }
    await(checks.values(), FileThreads.PATIENCE);
    checks.forEach(this::judge);
  }

  /** Waits until all are over, however they end, or {@code patience} is. */
  private static void await(Collection<? extends CompletableFuture<?>> all, Duration patience) {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException notAll) {
      // Each is asked by itself how it ended.
      return;
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw SecretException.of(Reason.UNAVAILABLE, "the agent is ended by force", ending);
    }
  }

  /** What did not answer its watch tells of, and a write finds out whatever else is wrong. */
  private void judge(Delivery delivery, CompletableFuture<Boolean> check) {
    if (!check.isDone()) {
      return;
    }
    try {
      boolean inMemory = check.join();
      if (!inMemory) {
        context
            .events()
            .emit(
                new AgentEvent.DeliveryOnDisk(
                    delivery.name(), delivery.placement().path().toString()));
      }
    } catch (CompletionException failed) {
      throw why(delivery, failed.getCause());
    }
  }

  private static RuntimeException why(Delivery delivery, @Nullable Throwable failure) {
    return switch (failure) {
      case PlacementRefused refused ->
          SecretException.of(
              Reason.INVALID_REQUEST, "files." + delivery.name() + ": " + refused.getMessage());
      case RuntimeException failed -> failed;
      case null, default -> new IllegalStateException(failure);
    };
  }

  /** How each delivery is. Never blocks. */
  public List<DeliveryState> states() {
    return couriers.stream().map(Courier::state).toList();
  }

  /** What readiness waits for: a gate for each delivery. */
  public List<Gate> gates() {
    return couriers.stream().map(Deliveries::gate).toList();
  }

  private static Gate gate(Courier courier) {
    return new Gate() {
      @Override
      public boolean isOpen() {
        DeliveryState state = courier.state();
        return !state.required() || state.isThere();
      }

      @Override
      public ComponentHealth health() {
        return courier.state().health();
      }
    };
  }

  /**
   * Whether nothing of what a delivery wrote is at its place any more, or only empty files.
   *
   * @param actor the delivery's name as a holder
   */
  public boolean isLeft(String actor) {
    return couriers.stream()
        .filter(courier -> courier.delivery().actor().equals(actor))
        .anyMatch(Courier::isLeft);
  }

  /** Whether each was left as its {@code on_exit} says; true before the end begins. */
  public boolean areAllLeft() {
    return allLeft;
  }

  /**
   * Writes no more, ends reloads that are under way, and leaves each delivery as its {@code
   * on_exit} says. Blocks, for a bound. The second time does nothing.
   */
  @Override
  public void close() throws Exception {
    if (!started) {
      listening.close();
      return;
    }
    started = false;
    allLeft = false;
    try {
      listening.close();
      context.reloader().abort();
    } finally {
      leaveAll();
    }
  }

  private void leaveAll() {
    Map<Delivery, CompletableFuture<Boolean>> leaving = new LinkedHashMap<>();
    Map<Delivery, CompletableFuture<Boolean>> staying = new LinkedHashMap<>();
    for (Courier courier : couriers) {
      Delivery delivery = courier.delivery();
      boolean stays = delivery.onExit() == Delivery.Leaving.KEEP;
      (stays ? staying : leaving).put(delivery, courier.stop());
    }
    await(leaving.values(), LEAVING);
    await(staying.values(), STAYING);
    tellOfThoseNotLeft(leaving);
    allLeft = true;
  }

  private void tellOfThoseNotLeft(Map<Delivery, CompletableFuture<Boolean>> leaving) {
    List<String> notLeft = new ArrayList<>();
    leaving.forEach(
        (delivery, left) -> {
          if (left.isDone() && !left.isCompletedExceptionally()) {
            return;
          }
          notLeft.add(delivery.name());
          String why =
              left.isDone()
                  ? Tally.words(left.exceptionNow())
                  : "it takes longer than " + LEAVING.toSeconds() + " s";
          context
              .events()
              .emit(
                  new AgentEvent.DeliveryNotLeft(
                      delivery.name(), delivery.placement().path().toString(), why));
        });
    if (!notLeft.isEmpty()) {
      throw SecretException.of(
          Reason.INTERNAL,
          "what these deliveries wrote was not left as on_exit says: "
              + String.join(", ", notLeft));
    }
  }
}
