package dev.latchkey.agent.wiring;

import dev.latchkey.agent.backend.AskedTokens;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.Circuit;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.backend.vault.VaultBackend;
import dev.latchkey.agent.backend.vault.VaultHttp;
import dev.latchkey.agent.backend.vault.VaultOptions;
import dev.latchkey.agent.backend.vault.VaultServers;
import dev.latchkey.agent.backend.vault.VaultTls;
import dev.latchkey.agent.config.BackendSettings;
import dev.latchkey.agent.config.BackendSettings.Login;
import dev.latchkey.agent.config.BackendSettings.Text;
import dev.latchkey.agent.config.BackendSettings.Vault;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.lease.TokenContext;
import dev.latchkey.agent.lease.TokenKeeper;
import dev.latchkey.agent.login.vault.AppRole;
import dev.latchkey.agent.login.vault.AwsIam;
import dev.latchkey.agent.login.vault.AwsKeySources;
import dev.latchkey.agent.login.vault.GivenToken;
import dev.latchkey.agent.login.vault.Kubernetes;
import dev.latchkey.agent.login.vault.LoginMethod;
import dev.latchkey.agent.login.vault.LoginPlace;
import dev.latchkey.agent.login.vault.SecretIdMemory;
import dev.latchkey.agent.login.vault.TextSource;
import dev.latchkey.agent.login.vault.TokenFile;
import dev.latchkey.agent.login.vault.Userpass;
import dev.latchkey.agent.login.vault.VaultLogin;
import dev.latchkey.agent.time.TimeSource;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/** Makes the backends that are configured, and the keepers of their tokens. */
final class BackendFactory {

  private final Foundation foundation;
  private final TimeSource time;
  private final RandomGenerator random;
  private final EventSink events;
  private final BiConsumer<String, Optional<Instant>> ending;

  BackendFactory(
      Foundation foundation,
      TimeSource time,
      RandomGenerator random,
      EventSink events,
      BiConsumer<String, Optional<Instant>> ending) {
    this.foundation = foundation;
    this.time = time;
    this.random = random;
    this.events = events;
    this.ending = ending;
  }

  /** A backend with what must be started and closed with it. */
  record Built(
      Backend backend,
      Optional<TokenKeeper> tokens,
      Optional<Circuit> circuit,
      AutoCloseable connections) {}

  Built make(String name, BackendSettings settings) {
    return switch (settings) {
      case BackendSettings.Local local ->
          new Built(
              new LocalBackend(name, foundation.store().storedVersions()),
              Optional.empty(),
              Optional.empty(),
              () -> {});
      case Vault vault -> vault(name, vault);
    };
  }

  private Built vault(String name, Vault vault) {
    VaultHttp http = new VaultHttp(name, servers(vault), time, probe -> circuit(name, probe));
    LoginPlace place = new LoginPlace(vault.addresses(), vault.namespace());
    LoginMethod method = method(name, place, vault.login());
    TokenKeeper tokens =
        new TokenKeeper(
            name,
            new VaultLogin(http::answer, method, time),
            place.boundTo(method),
            new TokenContext(
                foundation.store().tokens(),
                foundation.store().leases(),
                foundation.store(),
                time,
                foundation.timers(),
                random,
                foundation.threads(),
                events),
            ending);
    VaultOptions options = new VaultOptions(vault.prefix(), vault.kvMounts());
    return new Built(
        new VaultBackend(
            http,
            tokens,
            options,
            Optional.of(new AskedTokens(name, foundation.store().oneTime(), foundation.store())),
            time),
        Optional.of(tokens),
        Optional.of(http.circuit()),
        http);
  }

  private Circuit circuit(String name, Circuit.Probe probe) {
    return new Circuit(
        name, Circuit.Limits.USUAL, probe, time, foundation.timers(), random, events);
  }

  private static VaultServers servers(Vault vault) {
    BackendSettings.Tls tls = vault.tls();
    return new VaultServers(
        vault.addresses(),
        vault.namespace(),
        new VaultTls(tls.ca(), tls.certificate(), tls.key(), tls.serverName()),
        vault.connectTimeout().orElse(VaultServers.CONNECT_TIMEOUT),
        vault.requestTimeout().orElse(VaultServers.REQUEST_TIMEOUT),
        VaultServers.MAX_ANSWER);
  }

  private LoginMethod method(String name, LoginPlace place, Login login) {
    return switch (login) {
      case Login.Token given -> new GivenToken(given.token());
      case Login.TokenFile file -> new TokenFile(file.file());
      case Login.AppRole role ->
          new AppRole(
              new AppRole.Settings(
                  role.mount(),
                  source(role.roleId()),
                  role.secretId().map(BackendFactory::source),
                  role.wrapped(),
                  role.deleteFile()),
              new SecretIdMemory(name, place, foundation.store().oneTime(), foundation.store()),
              events);
      case Login.Userpass user ->
          new Userpass(user.mount(), user.username(), source(user.password()));
      case Login.Kubernetes account ->
          new Kubernetes(
              account.mount(),
              account.role(),
              account.tokenFile().orElse(Kubernetes.SERVICE_ACCOUNT));
      case Login.Aws aws ->
          new AwsIam(
              aws.mount(),
              aws.role(),
              aws.region(),
              aws.serverId(),
              aws.credentialsFile()
                  .map(file -> AwsKeySources.file(file, aws.profile()))
                  .orElseGet(() -> AwsKeySources.usual(environment())));
    };
  }

  private static Map<String, String> environment() {
    return System.getenv();
  }

  private static TextSource source(Text text) {
    return switch (text) {
      case Text.Given given -> new TextSource.Given(given.value());
      case Text.InFile inFile -> new TextSource.InFile(inFile.file());
    };
  }
}
