package dev.latchkey.agent.inject;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.consumer.InMemoryHolderStore;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Deliveries on one thread, with time that stands still and everything around them in memory. */
final class DeliveryWorld {

  static final SecretName A = new SecretName("a");
  static final SecretName B = new SecretName("b");
  static final Path PATH = Path.of("/run/app/file");
  static final Reload HOOK = new Reload.Command(List.of("/bin/true"), Duration.ofSeconds(5));
  static final Reload HUP = new Reload.Signal("HUP", Path.of("/run/app.pid"));

  final FakeTime time = new FakeTime();
  final ChangingCurrent current = new ChangingCurrent(time);
  final InMemoryFileTree files = new InMemoryFileTree();
  final InMemoryTransactions transactions = new InMemoryTransactions();
  final InMemoryDeliveryStore store = new InMemoryDeliveryStore();
  final DurableHolders holders =
      new DurableHolders(new InMemoryHolderStore(), transactions, new SecureRandom());
  final List<AgentEvent> events = new CopyOnWriteArrayList<>();
  final List<String> audited = new CopyOnWriteArrayList<>();
  final List<Reload> reloads = new CopyOnWriteArrayList<>();
  @Nullable RuntimeException reloadFailure;
  @Nullable SecretException auditFailure;
  boolean running = true;
  int aborts;

  /** What happens while a program is being told. */
  Runnable whileTold = () -> {};

  Runnable onDelivers = () -> {};

  Runnable onAbort = () -> {};

  /** Runs what couriers do; at once, unless a test keeps it for later. */
  Executor couriers = Runnable::run;

  /** Reads secrets. */
  Executor loadThreads = Runnable::run;

  /** Writes. */
  FileThreads fileThreads = InlineFileThreads.of(time, time);

  /** Runs commands. */
  Executor reloadThreads = Runnable::run;

  boolean rotated;

  DeliveryWorld() {
    holders.start();
  }

  DeliveryContext context() {
    return context(current);
  }

  DeliveryContext context(Current current) {
    return new DeliveryContext(
        current,
        holders,
        name -> rotated,
        files,
        files.there::containsKey,
        reloader(),
        store,
        transactions,
        trail(),
        new Caller(0, 0, 1, Optional.empty()),
        time,
        time,
        new SplittableRandom(1),
        task -> couriers.execute(task),
        task -> loadThreads.execute(task),
        fileThreads,
        reloadThreads,
        events::add);
  }

  private Reloader reloader() {
    return new Reloader() {
      @Override
      public boolean reload(Reload reload) {
        return told(reload);
      }

      @Override
      public void abort() {
        aborts++;
        onAbort.run();
      }
    };
  }

  private boolean told(Reload reload) {
    reloads.add(reload);
    whileTold.run();
    if (reloadFailure != null) {
      throw reloadFailure;
    }
    return running;
  }

  private DeliveryTrail trail() {
    return new DeliveryTrail() {
      @Override
      public void delivers(Delivery delivery, SecretState state) {
        onDelivers.run();
        if (auditFailure != null) {
          throw auditFailure;
        }
        audited.add(delivery.actor() + " " + state.name() + " " + state.id().version());
      }

      @Override
      public void takesBack(Delivery delivery, Leaving how) {
        if (auditFailure != null) {
          throw auditFailure;
        }
        audited.add(delivery.actor() + " " + how);
      }

      @Override
      public void failed(Delivery delivery, SecretState state, String why) {
        String what = " " + state.name() + " " + state.id().version();
        audited.add(delivery.actor() + what + " failed: " + why);
      }

      @Override
      public void failed(Delivery delivery, Leaving how, String why) {
        audited.add(delivery.actor() + " failed: " + how + " " + why);
      }
    };
  }

  /** Begins; this is also what a restart of the agent is. */
  Deliveries started(Delivery... deliveries) {
    Deliveries started = new Deliveries(List.of(deliveries), context());
    started.start();
    return started;
  }

  static Declared of(String name) {
    return new Declared(
        name,
        PATH,
        List.of(raw("", A)),
        true,
        Leaving.KEEP,
        Leaving.KEEP,
        Duration.ZERO,
        Optional.empty());
  }

  static Delivery.Entry raw(String file, SecretName secret) {
    return new Delivery.Entry(
        file.isEmpty() ? "file" : file, new RawFormat(secret, Optional.empty(), false));
  }

  /** A delivery under construction. */
  record Declared(
      String name,
      Path path,
      List<Delivery.Entry> entries,
      boolean required,
      Leaving onExit,
      Leaving onRevoked,
      Duration quiet,
      Optional<Reload> reload) {

    Declared at(String other) {
      return new Declared(
          name, Path.of(other), entries, required, onExit, onRevoked, quiet, reload);
    }

    Declared writing(Delivery.Entry... other) {
      return new Declared(name, path, List.of(other), required, onExit, onRevoked, quiet, reload);
    }

    Declared optional() {
      return new Declared(name, path, entries, false, onExit, onRevoked, quiet, reload);
    }

    Declared leaving(Leaving exit, Leaving revoked) {
      return new Declared(name, path, entries, required, exit, revoked, quiet, reload);
    }

    Declared quiet(Duration window) {
      return new Declared(name, path, entries, required, onExit, onRevoked, window, reload);
    }

    Declared reloading() {
      return reloading(HUP);
    }

    Declared reloading(Reload how) {
      return new Declared(
          name, path, entries, required, onExit, onRevoked, quiet, Optional.of(how));
    }

    Delivery make() {
      boolean set = entries.size() > 1;
      return new Delivery(
          name,
          Placement.of(path, set ? Placement.Kind.SET : Placement.Kind.FILE),
          entries,
          required,
          onExit,
          onRevoked,
          new Delivery.Pace(quiet, Duration.ofSeconds(10)),
          reload);
    }
  }
}
