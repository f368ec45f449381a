package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.management.ManagementServer;
import dev.latchkey.agent.rpc.RpcServers;
import jakarta.inject.Singleton;

/**
 * The running agent: starts its parts in order and closes what was started in reverse order, once.
 * The foundation below it is its maker's.
 */
@Singleton
final class Agent implements AutoCloseable {

  private final AgentConfig config;
  private final Foundation foundation;
  private final Capability capability;
  private final ManagementServer management;
  private final RpcServers servers;
  private final Stop stop;
  private final Made started = new Made();

  Agent(
      AgentConfig config,
      Foundation foundation,
      Capability capability,
      ManagementServer management,
      RpcServers servers,
      Stop stop) {
    this.config = config;
    this.foundation = foundation;
    this.capability = capability;
    this.management = management;
    this.servers = servers;
    this.stop = stop;
  }

  /** Starts everything; on a failure what was started is closed by {@link #close}. */
  void start() {
    begin("audit", foundation::startAudit, foundation.audit());
    begin("holders", () -> capability.holders().start(), () -> {});
    begin("current", () -> capability.current().start(capability.supply()), () -> {});
    capability.backends().values().forEach(this::beginBackend);
    begin("lease", () -> capability.ledger().start(), capability.ledger());
    begin("readiness", () -> capability.readiness().start(), capability.readiness());
    begin("supply", () -> capability.supply().start(), capability.supply());
    begin("rotation", () -> capability.rotations().start(), capability.rotations());
    begin("watch", () -> capability.watches().start(), capability.watches());
    begin("files", () -> capability.deliveries().start(), capability.deliveries());
    begin("management", management::start, management);
    begin("sockets", () -> servers.start(true), servers);
    begin("holders", () -> {}, farewell());
  }

  private Farewell farewell() {
    return new Farewell(
        capability.deliveries(),
        capability.deliveries()::isLeft,
        capability.watches()::isOpen,
        stop::applicationEnded,
        isGone -> capability.ledger().letGo(config.agent().drain(), isGone));
  }

  private void beginBackend(BackendFactory.Built backend) {
    begin("connections", () -> {}, backend.connections());
    backend.tokens().ifPresent(tokens -> begin("login", tokens::start, tokens));
  }

  private void begin(String name, Runnable start, AutoCloseable part) {
    started.add(name, part);
    start.run();
  }

  /** What the agent says once it serves: where it is reached. */
  String greeting() {
    StringBuilder greeting =
        new StringBuilder("latchkey agent ")
            .append(Version.TEXT)
            .append("\n  applications  ")
            .append(config.agent().socket())
            .append("\n  operators     ")
            .append(config.agent().operatorSocket());
    management
        .port()
        .ifPresent(
            port ->
                greeting
                    .append("\n  readiness     http://127.0.0.1:")
                    .append(port)
                    .append("/readyz and /metrics"));
    return greeting.toString();
  }

  /** Whether what was delivered was left as it shall be left; true before the end. */
  boolean hasLeftAll() {
    return capability.deliveries().areAllLeft();
  }

  @Override
  public void close() {
    started.close();
  }
}
