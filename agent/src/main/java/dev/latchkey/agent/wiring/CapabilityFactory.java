package dev.latchkey.agent.wiring;

import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.consumer.DurableHolders;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.inject.Deliveries;
import dev.latchkey.agent.lease.LeaseContext;
import dev.latchkey.agent.lease.LeaseLedger;
import dev.latchkey.agent.lease.TokenKeeper;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.readiness.DerivedReadiness;
import dev.latchkey.agent.rotation.AlternatingRotations;
import dev.latchkey.agent.rotation.LoginProofs;
import dev.latchkey.agent.rotation.RotationContext;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.target.Target;
import dev.latchkey.agent.target.postgresql.PostgresTarget;
import dev.latchkey.agent.telemetry.DeliveryTelemetry;
import dev.latchkey.agent.telemetry.EventTelemetry;
import dev.latchkey.agent.telemetry.MeasuredBackend;
import dev.latchkey.agent.telemetry.ReadinessTelemetry;
import dev.latchkey.agent.telemetry.StepTelemetry;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.watch.SlottedWatches;
import io.micronaut.context.annotation.Factory;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes the capabilities over the foundation. */
@Factory
final class CapabilityFactory {

  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  @Singleton
  Catalog catalog(AgentConfig config) {
    return config.catalog();
  }

  @Singleton
  EventSink events(Foundation foundation) {
    return new EventTelemetry(foundation.telemetry());
  }

  @Singleton
  Keyrings keyrings(AgentConfig config, Foundation foundation, Capability capability) {
    return new KeyringFactory(config, foundation).make(capability.backends());
  }

  @Singleton
  Capability capability(
      AgentConfig config, Catalog catalog, Foundation foundation, EventSink events) {
    TimeSource time = foundation.time();
    SecureRandom random = foundation.random();
    CaffeineCurrent current =
        new CaffeineCurrent(
            foundation.store().versions(),
            foundation.store(),
            foundation.audit(),
            catalog,
            time,
            config.agent().cacheBytes());
    DurableHolders holders =
        new DurableHolders(foundation.store().holders(), foundation.store(), random);
    CompletableFuture<LeaseLedger> children = new CompletableFuture<>();
    BackendFactory making =
        new BackendFactory(
            foundation,
            time,
            random,
            events,
            (accessor, at) -> {
              var _ = children.thenAccept(owner -> owner.parentEnds(accessor, at));
            });
    Map<String, BackendFactory.Built> built = new TreeMap<>();
    config.backends().forEach((name, settings) -> built.put(name, making.make(name, settings)));
    Map<String, Backend> backends = backends(built, foundation, time);
    LeaseLedger ledger =
        new LeaseLedger(
            new LeaseContext(
                catalog,
                current,
                holders,
                foundation.audit(),
                foundation.store().leases(),
                foundation.store(),
                backends,
                tokens(built),
                time,
                foundation.timers(),
                random,
                foundation.threads(),
                events));
    children.complete(ledger);
    Map<String, Target> targets = targets(config, random);
    BackendSupply supply =
        new BackendSupply(
            current,
            catalog,
            backends,
            ledger,
            new LoginProofs(targets)::require,
            time,
            foundation.timers(),
            random,
            BACKOFF,
            events,
            foundation.threads());
    built.forEach(
        (name, one) ->
            one.circuit().ifPresent(circuit -> wakeOnReturn(name, one, circuit, ledger, supply)));
    AlternatingRotations rotations =
        new AlternatingRotations(
            new RotationContext(
                catalog,
                current,
                holders,
                foundation.audit(),
                foundation.store().rotations(),
                foundation.store(),
                backends,
                targets,
                time,
                foundation.timers(),
                random,
                foundation.threads(),
                events,
                steps(foundation),
                task -> Context.current().wrap(task)));
    Policy policy = config.policy();
    Predicate<SecretName> isRotated =
        name ->
            ledger.owns(name)
                || catalog.find(name).flatMap(declared -> declared.rotation()).isPresent();
    Deliveries deliveries =
        new DeliveryFactory(foundation, events).make(config.files(), current, holders, isRotated);
    SlottedWatches watches =
        new SlottedWatches(
            current,
            holders,
            () -> policy,
            isRotated,
            time,
            foundation.timers(),
            random,
            foundation.threads());
    DerivedReadiness readiness =
        new DerivedReadiness(
            current,
            catalog,
            components(foundation, built, ledger, supply, targets, deliveries),
            time,
            foundation.timers());
    new ReadinessTelemetry(readiness, foundation.telemetry());
    new DeliveryTelemetry(deliveries, foundation.telemetry());
    foundation
        .clock()
        .onJump(
            by -> {
              events.emit(new AgentEvent.ClockJumped(by));
              supply.planAgain();
              ledger.planAgain();
              deliveries.planAgain();
              built.values().forEach(one -> one.tokens().ifPresent(TokenKeeper::planAgain));
            });
    return new Capability(
        current, built, ledger, supply, holders, rotations, watches, deliveries, readiness);
  }

  /** The token first, since whatever else waits needs it. */
  private static void wakeOnReturn(
      String name,
      BackendFactory.Built one,
      Circuit circuit,
      LeaseLedger ledger,
      BackendSupply supply) {
    circuit.onReturn(
        () -> {
          one.tokens().ifPresent(TokenKeeper::retry);
          ledger.retry();
          supply.retry(name);
        });
  }

  private static Map<String, Backend> backends(
      Map<String, BackendFactory.Built> built, Foundation foundation, TimeSource time) {
    Map<String, Backend> measured = new TreeMap<>();
    built.forEach(
        (name, one) ->
            measured.put(
                name, MeasuredBackend.of(name, one.backend(), time, foundation.telemetry())));
    return measured;
  }

  private static Map<String, Tokens> tokens(Map<String, BackendFactory.Built> built) {
    Map<String, Tokens> tokens = new TreeMap<>();
    built.forEach((name, one) -> one.tokens().ifPresent(keeper -> tokens.put(name, keeper)));
    return tokens;
  }

  private static Map<String, Target> targets(AgentConfig config, SecureRandom random) {
    return config.targets().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                TargetDeclaration::name, declared -> new PostgresTarget(declared, random)));
  }

  /** Telemetry, and whatever else the class path brings to see the steps. */
  private static StepListener steps(Foundation foundation) {
    List<StepListener> listeners = new ArrayList<>();
    listeners.add(new StepTelemetry(foundation.telemetry()));
    ServiceLoader.load(StepListener.class).forEach(listeners::add);
    return new StepListeners(listeners);
  }

  private static List<Health> components(
      Foundation foundation,
      Map<String, BackendFactory.Built> built,
      LeaseLedger ledger,
      BackendSupply supply,
      Map<String, Target> targets,
      Deliveries deliveries) {
    List<Health> components = new ArrayList<>(targets.values());
    for (BackendFactory.Built one : built.values()) {
      one.circuit().ifPresent(circuit -> components.add(one.backend()));
      one.tokens().ifPresent(components::add);
    }
    components.add(ledger);
    components.add(supply);
    components.add(foundation.audit());
    components.addAll(deliveries.gates());
    return components;
  }
}
