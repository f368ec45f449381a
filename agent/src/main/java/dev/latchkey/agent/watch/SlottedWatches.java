package dev.latchkey.agent.watch;

import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.ChangeListener;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches with one slot per subscription and secret.
 *
 * <p>A change marks the slot of each watcher; each watcher's worker then sends the difference
 * between what it was last sent and the newest state. The holders of one publish are kept together
 * before the first of them is sent to. The right to watch is looked at before each event and every
 * 30 seconds.
 */
public final class SlottedWatches implements Watches, AutoCloseable {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
  private static final int MOST_WATCHES = 10_000;

  private final Current current;
  private final Holders holders;
  private final Supplier<Policy> policy;
  private final Predicate<SecretName> isRotated;
  private final TimeSource time;
  private final Timers timers;
  private final RandomGenerator random;
  private final Executor virtualThreads;
  private final Announcer announcer;
  private final Set<Subscription> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<SecretName, Set<Subscription>> watchers = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private @Nullable AutoCloseable changes;
  private Timers.@Nullable Timer looking;

  /**
   * Makes it without listening yet.
   *
   * @param isRotated whether versions of a secret are retired some day, so that its holders are
   *     kept
   * @param virtualThreads runs each task on a virtual thread of its own
   */
  public SlottedWatches(
      Current current,
      Holders holders,
      Supplier<Policy> policy,
      Predicate<SecretName> isRotated,
      TimeSource time,
      Timers timers,
      RandomGenerator random,
      Executor virtualThreads) {
    this.current = current;
    this.holders = holders;
    this.policy = policy;
    this.isRotated = isRotated;
    this.time = time;
    this.timers = timers;
    this.random = random;
    this.virtualThreads = virtualThreads;
    this.announcer = new Announcer(holders, virtualThreads);
  }

  /** Begins to listen for changes and to look at the rights of open watches. */
  public void start() {
    changes =
        current.listen(
            new ChangeListener() {
              @Override
              public void changed(Held now) {
                SlottedWatches.this.changed(now);
              }

              @Override
              public void withdrawn(SecretName name) {
                watchers
                    .getOrDefault(name, Set.of())
                    .forEach(subscription -> fill(subscription, List.of(name)));
              }
            });
    lookLater();
  }

  @Override
  public Watch open(Caller caller, Request request, Sink sink) {
    if (closed) {
      throw stopping();
    }
    if (open.size() >= MOST_WATCHES) {
      throw SecretException.retryable(
          Reason.LIMIT_EXCEEDED, "too many watches are open; close some", LOOK_AGAIN);
    }
    request.wanted().forEach(wanted -> require(caller, wanted.name(), request.metadataOnly()));
    String id = holders.subscribe(caller, request.acknowledges());
    Subscription subscription =
        new Subscription(this, caller, id, request, sink, current.epoch(), virtualThreads);
    register(subscription);
    if (closed) {
      subscription.fail(stopping());
    }
    subscription.ready();
    fill(subscription, subscription.names());
    return subscription;
  }

  /** Whether the watch with this subscription id is open. */
  public boolean isOpen(String subscriptionId) {
    return open.stream().anyMatch(watch -> watch.id().equals(subscriptionId));
  }

  private void register(Subscription subscription) {
    open.add(subscription);
    for (SecretName name : subscription.names()) {
      watchers.compute(
          name,
          (same, all) -> {
            Set<Subscription> some = all == null ? ConcurrentHashMap.newKeySet() : all;
            some.add(subscription);
            return some;
          });
    }
  }

  private void fill(Subscription subscription, List<SecretName> names) {
    new Filling(this, subscription, current, random, virtualThreads).start(names);
  }

  @Override
  public int openWatches() {
    return open.size();
  }

  /** Whether {@code caller} may go on: values need READ beside WATCH. */
  boolean mayWatch(Caller caller, SecretName name, boolean metadataOnly) {
    return allows(caller, Operation.WATCH, name)
        && (metadataOnly || allows(caller, Operation.READ, name));
  }

  private boolean allows(Caller caller, Operation operation, SecretName name) {
    return switch (policy.get().decide(caller, operation, name.text())) {
      case Decision.Granted granted -> true;
      case Decision.Denied denied -> false;
    };
  }

  private void require(Caller caller, SecretName name, boolean metadataOnly) {
    if (!mayWatch(caller, name, metadataOnly)) {
      throw denied();
    }
  }

  Instant now() {
    return time.now();
  }

  boolean isKept(Subscription subscription, Held held) {
    SecretState state = held.state();
    return !hasHolders(state)
        || holders.isKept(subscription.holder(), state.name(), state.id().version());
  }

  /** Keeps that {@code subscription} holds the version. Blocks where it is not kept yet. */
  void keep(Subscription subscription, Held held) {
    if (!isKept(subscription, held)) {
      SecretState state = held.state();
      holders.deliver(
          state.name(),
          state.id().version(),
          List.of(subscription.holder()),
          subscription.caller());
    }
  }

  private boolean hasHolders(SecretState state) {
    return state.lifetime() instanceof Lifetime.Leased || isRotated.test(state.name());
  }

  /** Runs {@code task} later; it looks by itself whether it is still wanted. */
  void later(Duration delay, Runnable task) {
    timers.schedule(delay, task);
  }

  void closed(Subscription subscription) {
    open.remove(subscription);
    subscription
        .names()
        .forEach(
            name ->
                watchers.computeIfPresent(
                    name,
                    (same, all) -> {
                      all.remove(subscription);
                      return all.isEmpty() ? null : all;
                    }));
  }

  private void changed(Held now) {
    Set<Subscription> all = watchers.get(now.state().name());
    if (all != null && !all.isEmpty()) {
      announcer.announce(now, all, hasHolders(now.state()));
    }
  }

  private void lookLater() {
    looking = timers.schedule(LOOK_AGAIN, this::look);
  }

  private void look() {
    open.forEach(this::look);
    if (!closed) {
      lookLater();
    }
  }

  private void look(Subscription subscription) {
    boolean mayGoOn =
        subscription.names().stream()
            .allMatch(name -> mayWatch(subscription.caller(), name, !subscription.holdsValues()));
    if (!mayGoOn) {
      subscription.fail(denied());
      return;
    }
    List<SecretName> lost =
        subscription.told().stream().filter(name -> current.peek(name).isEmpty()).toList();
    fill(subscription, lost);
  }

  @Override
  public void close() {
    closed = true;
    Timers.Timer timer = looking;
    if (timer != null) {
      timer.cancel();
    }
    List.copyOf(open).forEach(subscription -> subscription.fail(stopping()));
    AutoCloseable listening = changes;
    if (listening != null) {
      stopListening(listening);
    }
  }

  private static void stopListening(AutoCloseable listening) {
    try {
      listening.close();
    } catch (Exception failed) {
      throw SecretException.of(Reason.INTERNAL, "a listener could not be taken back", failed);
    }
  }

  static SecretException denied() {
    return SecretException.of(Reason.DENIED, "not allowed by the policy of this agent");
  }

  private static SecretException stopping() {
    return SecretException.retryable(
        Reason.UNAVAILABLE, "the agent is stopping; connect again", Duration.ofSeconds(1));
  }
}
