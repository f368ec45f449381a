package dev.latchkey.agent.wiring;

import dev.latchkey.agent.backend.vault.TransitKey;
import dev.latchkey.agent.backend.vault.VaultBackend;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.config.KeyringSettings;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.crypto.RemoteKeyring;
import dev.latchkey.agent.crypto.RoutedKeyrings;
import dev.latchkey.agent.crypto.TinkKeyrings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Makes the keyrings that are configured. */
final class KeyringFactory {

  private final AgentConfig config;
  private final Foundation foundation;

  KeyringFactory(AgentConfig config, Foundation foundation) {
    this.config = config;
    this.foundation = foundation;
  }

  Keyrings make(Map<String, BackendFactory.Built> backends) {
    Set<String> own = new HashSet<>();
    Map<String, RemoteKeyring> remote = new HashMap<>();
    config
        .keyrings()
        .forEach(
            (name, settings) -> {
              switch (settings) {
                case KeyringSettings.Own here -> own.add(name);
                case KeyringSettings.Transit there -> remote.put(name, transit(there, backends));
              }
            });
    TinkKeyrings kept =
        new TinkKeyrings(
            foundation.store(), foundation.store().keyrings(), foundation.store().sealer(), own);
    return remote.isEmpty() ? kept : new RoutedKeyrings(kept, remote, foundation.store());
  }

  private static RemoteKeyring transit(
      KeyringSettings.Transit settings, Map<String, BackendFactory.Built> backends) {
    BackendFactory.Built built = backends.get(settings.backend());
    if (built == null || !(built.backend() instanceof VaultBackend vault)) {
      throw new IllegalStateException("the configuration names a backend of type vault");
    }
    return vault.keyring(new TransitKey(settings.mount(), settings.key(), settings.derived()));
  }
}
