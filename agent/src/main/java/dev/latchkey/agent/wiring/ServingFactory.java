package dev.latchkey.agent.wiring;

import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.attest.process.ApplicationAttestor;
import dev.latchkey.agent.attest.process.OperatorAttestor;
import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.lifecycle.Ending;
import dev.latchkey.agent.management.ManagementServer;
import dev.latchkey.agent.rpc.Capabilities;
import dev.latchkey.agent.rpc.RpcServers;
import dev.latchkey.agent.rpc.Surroundings;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.SplittableRandom;

/** Makes the sockets and the management server over the capabilities. */
@Factory
final class ServingFactory {

  private static final int LOOPS = 1;

  @Singleton
  ManagementServer management(AgentConfig config, Foundation foundation, Capability capability) {
    return new ManagementServer(
        config.agent().managementPort(),
        capability.readiness(),
        foundation.telemetry(),
        foundation.threads());
  }

  @Singleton
  RpcServers servers(
      AgentConfig config,
      Catalog catalog,
      Foundation foundation,
      Capability capability,
      Keyrings keyrings,
      Ending ending) {
    AgentConfig.Settings settings = config.agent();
    Policy policy = config.policy();
    int ownUid = OwnUser.uid();
    return new RpcServers(
        new RpcServers.Settings(
            settings.socket(),
            settings.operatorSocket(),
            settings.socketGroup(),
            settings.maxMessageBytes(),
            settings.drain(),
            LOOPS,
            Version.TEXT),
        new Capabilities(
            catalog,
            () -> policy,
            capability.current(),
            capability.supply(),
            capability.ledger(),
            capability.holders(),
            capability.watches(),
            keyrings,
            capability.rotations(),
            foundation.audit(),
            foundation.store().backup(),
            capability.readiness(),
            ending),
        new Surroundings(
            foundation.time(),
            foundation.timers(),
            foundation.threads(),
            new SplittableRandom(foundation.random().nextLong()),
            foundation.telemetry().api()),
        new ApplicationAttestor(ownUid, config.dev(), config.policy().readsExecutable()),
        new OperatorAttestor(ownUid),
        foundation.threads());
  }
}
