package dev.latchkey.acceptance;

import dev.latchkey.testing.vault.FaultyProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One agent that reaches one Vault in several ways at once: for each word a proxy, a backend and
 * the secret {@code orders-WORD}, so that faults that take their time are seen side by side.
 */
record VaultWays(
    Database database, IssuingVault vault, Map<String, FaultyProxy> proxies, RunningAgent agent)
    implements AutoCloseable {

  /** Sets the stage; each way has its fault from the start. */
  static VaultWays set(
      Path directory, VaultStage.Terms terms, Map<String, Consumer<FaultyProxy>> faults)
      throws IOException, SQLException {
    Database database = Database.start(directory.resolve("postgres"));
    IssuingVault vault = IssuingVault.start(directory, database, terms);
    Map<String, FaultyProxy> proxies = new LinkedHashMap<>();
    faults.forEach(
        (word, fault) -> {
          FaultyProxy proxy = new FaultyProxy(vault.server().address());
          fault.accept(proxy);
          proxies.put(word, proxy);
        });
    RunningAgent agent =
        RunningAgent.start(
            directory.resolve("agent"),
            RunningAgent.Setup.of(configuration(vault, proxies, terms)));
    return new VaultWays(database, vault, proxies, agent);
  }

  private static String configuration(
      IssuingVault vault, Map<String, FaultyProxy> proxies, VaultStage.Terms terms) {
    String backends =
        lines(
            proxies, (word, proxy) -> "  %s: %s".formatted(word, vault.asBackend(proxy.address())));
    String secrets =
        lines(
            proxies,
            (word, proxy) ->
                "  orders-%1$s: { backend: %1$s, path: database/creds/orders, kind: database, lease: { overlap: %2$s } }"
                    .formatted(word, terms.overlap()));
    return """
    backends:
      local: {}
    %s
    secrets:
    %s
    policies:
      - callers: [ { uid: %d } ]
        secrets: [ "**" ]
        operations: [ read, watch, list ]
    """
        .formatted(backends, secrets, Database.ownUid());
  }

  private interface Line {
    String of(String word, FaultyProxy proxy);
  }

  private static String lines(Map<String, FaultyProxy> proxies, Line line) {
    return proxies.entrySet().stream()
        .map(entry -> line.of(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  FaultyProxy proxy(String word) {
    return Objects.requireNonNull(proxies.get(word));
  }

  /** The words of the ways there are. */
  List<String> words() {
    return List.copyOf(proxies.keySet());
  }

  /** The rows of one way's secret. */
  Ledger ledger(String word) {
    return new Ledger(
        Ledger.of(agent).rows().stream()
            .filter(row -> row.getSecret().equals("orders-" + word))
            .toList());
  }

  @Override
  public void close() throws Exception {
    agent.close();
    proxies.values().forEach(FaultyProxy::close);
    vault.close();
    database.close();
  }
}
