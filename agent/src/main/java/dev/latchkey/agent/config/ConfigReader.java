package dev.latchkey.agent.config;

import dev.latchkey.agent.access.AccessRule;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.config.AgentConfig.AuditSettings;
import dev.latchkey.agent.config.AgentConfig.Settings;
import dev.latchkey.agent.config.AgentConfig.StateKey;
import dev.latchkey.agent.config.AgentConfig.TelemetrySettings;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.secret.SecretName;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Turns a document whose shape is right into records, and finds what does not make sense. */
final class ConfigReader {

  /** The least that a held secret takes in memory, in bytes. */
  private static final long LEAST_WEIGHT = 512;

  /** Which part of the agent's memory the values that it holds may take. */
  private static final int CACHE_SHARE = 4;

  private final Section root;
  private final Accounts accounts;
  private final TargetCheck targetCheck;
  private final Map<String, String> environment;

  ConfigReader(
      Section root, Accounts accounts, TargetCheck targetCheck, Map<String, String> environment) {
    this.root = root;
    this.accounts = accounts;
    this.targetCheck = targetCheck;
    this.environment = environment;
  }

  /**
   * Reads everything; what is wrong is noted in the section's problems.
   *
   * @param dev whether {@code --dev} was given
   */
  AgentConfig read(boolean dev) {
    Map<String, BackendSettings> backends = backends();
    CatalogReader catalog = new CatalogReader(root, backends, targetCheck);
    List<TargetDeclaration> targets = catalog.targets();
    List<Declaration> secrets = catalog.secrets(targets);
    List<Mount> mounts = catalog.mounts();
    List<Delivery> files =
        new FilesReader(root, accounts, new NamedSecrets(secrets, mounts, targets)).deliveries();
    Map<String, KeyringSettings> keyrings = new KeyringReader(root, backends).keyrings();
    List<AccessRule> rules = new PolicyReader(root, accounts, keyrings.keySet()).rules();
    Settings settings = settings(root.section("agent"));
    checkLogins(secrets);
    checkRoom(settings, secrets, files);
    return new AgentConfig(
        dev,
        settings,
        telemetry(root.section("telemetry")),
        audit(root.section("audit")),
        backends,
        mounts,
        targets,
        secrets,
        files,
        keyrings,
        rules);
  }

  private Map<String, BackendSettings> backends() {
    Map<String, BackendSettings> backends = new HashMap<>();
    root.named("backends").forEach((name, section) -> backends.put(name, backend(section)));
    return backends;
  }

  private BackendSettings backend(Section section) {
    if (section.text("type").equals("vault")) {
      return new VaultReader(section, environment).read();
    }
    section
        .node()
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!key.equals("type")) {
                section.problem(key, "belongs to a backend of type vault");
              }
            });
    return new BackendSettings.Local();
  }

  private Settings settings(Section agent) {
    Optional<String> group = agent.optionalText("socket_group");
    if (group.filter(text -> !text.matches("[0-9]{1,9}")).isPresent()) {
      OptionalInt _ = AccountNames.number(agent, "socket_group", "group", accounts::gid);
    }
    Path socket = Path.of(agent.text("socket"));
    Path operatorSocket = Path.of(agent.text("operator_socket"));
    if (operatorSocket.normalize().getParent() == null
        || operatorSocket.normalize().getParent().equals(socket.normalize().getParent())) {
      agent.problem(
          "operator_socket", "lies beside the application socket; give it a directory of its own");
    }
    return new Settings(
        Path.of(agent.text("state_dir")),
        stateKey(agent),
        socket,
        operatorSocket,
        group,
        agent.number("management_port"),
        cacheBytes(agent),
        agent.duration("drain"),
        agent.number("max_message_bytes"),
        agent.section("quit_after").optionalText("pid_file").map(Path::of));
  }

  private static StateKey stateKey(Section agent) {
    Section key = agent.section("state_key");
    if (key.has("env")) {
      return new StateKey.KeyVariable(key.text("env"));
    }
    if (key.has("credential")) {
      return new StateKey.SystemdCredential(key.text("credential"));
    }
    if (key.has("passphrase_file")) {
      return new StateKey.PassphraseFile(Path.of(key.text("passphrase_file")));
    }
    Path file = Path.of(key.text("file"));
    if (file.normalize().startsWith(Path.of(agent.text("state_dir")).normalize())) {
      key.problem("file", "lies in state_dir; a key beside what it seals seals nothing");
    }
    return new StateKey.KeyFile(file);
  }

  private static TelemetrySettings telemetry(Section section) {
    return new TelemetrySettings(
        section.optionalText("otlp_endpoint").filter(address -> isAddress(address, section)),
        section.truth("traces"),
        section.fraction("sample_ratio"));
  }

  private static boolean isAddress(String text, Section section) {
    try {
      if (new URI(text).getHost() != null) {
        return true;
      }
    } catch (URISyntaxException notAnAddress) {
      // Told below, with all that names no host.
    }
    section.problem("otlp_endpoint", "is not an address such as http://127.0.0.1:4318");
    return false;
  }

  private static AuditSettings audit(Section section) {
    return new AuditSettings(section.text("when_full").equals("serve"), section.number("queue"));
  }

  /** Two secrets that rotate one login role would each break the other's credential. */
  private void checkLogins(List<Declaration> secrets) {
    Map<String, String> owners = new HashMap<>();
    for (Declaration secret : secrets) {
      for (String user : secret.rotation().map(RotationDeclaration::users).orElse(List.of())) {
        String login = secret.rotation().orElseThrow().target() + " " + user;
        String other = owners.putIfAbsent(login, secret.name().text());
        if (other != null) {
          root.section("secrets")
              .section(secret.name().text())
              .section("rotation")
              .problem(
                  "users", "the login role \"" + user + "\" is rotated by " + other + " already");
        }
      }
    }
  }

  /** What is held is pinned or fills what it may, so the rest of the agent has to fit beside it. */
  private static long cacheBytes(Section agent) {
    long most = Runtime.getRuntime().maxMemory() / CACHE_SHARE;
    long asked = agent.has("cache_bytes") ? agent.bigNumber("cache_bytes") : most;
    if (asked > most) {
      agent.problem(
          "cache_bytes",
          "is over "
              + most
              + ", a quarter of the agent's memory; lower it, or give the agent more (-Xmx)");
    }
    return asked;
  }

  private void checkRoom(Settings settings, List<Declaration> secrets, List<Delivery> files) {
    Set<SecretName> kept = new HashSet<>();
    secrets.forEach(secret -> kept.add(secret.name()));
    files.forEach(file -> kept.addAll(file.secrets()));
    long least = kept.size() * LEAST_WEIGHT;
    if (least > settings.cacheBytes()) {
      root.section("agent")
          .problem(
              "cache_bytes",
              "is too small for "
                  + kept.size()
                  + " declared and delivered secrets, which are never evicted; at least "
                  + least
                  + " is needed");
    }
  }
}
