package dev.latchkey.agent.config;

import dev.latchkey.agent.access.AccessRule;
import dev.latchkey.agent.access.RulePolicy;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.secret.SecretName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A configuration that was checked.
 *
 * @param dev whether {@code --dev} was given: the agent's own uid is let in, and a missing key file
 *     is made
 * @param backends how each backend is set up, by its name
 * @param files what is written where
 * @param keyrings who keeps each keyring, by its name
 */
public record AgentConfig(
    boolean dev,
    Settings agent,
    TelemetrySettings telemetry,
    AuditSettings audit,
    Map<String, BackendSettings> backends,
    List<Mount> mounts,
    List<TargetDeclaration> targets,
    List<Declaration> secrets,
    List<Delivery> files,
    Map<String, KeyringSettings> keyrings,
    List<AccessRule> policies) {

  public AgentConfig {
    backends = Map.copyOf(backends);
    mounts = List.copyOf(mounts);
    targets = List.copyOf(targets);
    secrets = List.copyOf(secrets);
    files = List.copyOf(files);
    keyrings = Map.copyOf(keyrings);
    policies = List.copyOf(policies);
  }

  /** What exists. What is written into files is kept, however it exists. */
  public DeclaredCatalog catalog() {
    Set<SecretName> delivered =
        files.stream()
            .flatMap(file -> file.secrets().stream())
            .collect(Collectors.toUnmodifiableSet());
    return new DeclaredCatalog(secrets, mounts, targets, keyrings.keySet(), delivered);
  }

  /** Who may do what. */
  public RulePolicy policy() {
    return new RulePolicy(policies);
  }

  /**
   * The section {@code agent}.
   *
   * @param socketGroup the group of the application socket's directory
   * @param managementPort 0 for any free port, -1 for none
   * @param cacheBytes the bound on held values, at most a quarter of the memory
   * @param maxMessageBytes the bound on one message
   * @param quitAfter the pid file of the process whose end is to be the agent's
   */
  public record Settings(
      Path stateDir,
      StateKey stateKey,
      Path socket,
      Path operatorSocket,
      Optional<String> socketGroup,
      int managementPort,
      long cacheBytes,
      Duration drain,
      int maxMessageBytes,
      Optional<Path> quitAfter) {}

  /** Where the state key comes from. */
  public sealed interface StateKey {

    /** A file of mode 0600 with the key. */
    record KeyFile(Path file) implements StateKey {}

    /** An environment variable with the key in base64. */
    record KeyVariable(String name) implements StateKey {}

    /** A systemd credential. */
    record SystemdCredential(String name) implements StateKey {}

    /** A file with a passphrase, from which the key is derived. */
    record PassphraseFile(Path file) implements StateKey {}
  }

  /**
   * The section {@code telemetry}.
   *
   * @param otlpEndpoint where spans are sent by OTLP; empty for nowhere. Metrics are pulled instead
   */
  public record TelemetrySettings(
      Optional<String> otlpEndpoint, boolean traces, double sampleRatio) {}

  /**
   * The section {@code audit}.
   *
   * @param serveWhenFull whether reads go on when the audit cannot take them
   * @param queue how many decisions may wait
   */
  public record AuditSettings(boolean serveWhenFull, int queue) {}
}
