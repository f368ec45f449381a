package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;
import java.util.Map;

/**
 * What the operator says about the paths of one Vault.
 *
 * @param prefix put before every path; empty, or ends with a slash
 * @param kvMounts the version, 1 or 2, of key-value mounts by their paths; those not named are
 *     looked up at the server
 */
public record VaultOptions(String prefix, Map<String, Integer> kvMounts) {

  /** Nothing said. */
  public static final VaultOptions NONE = new VaultOptions("", Map.of());

  public VaultOptions {
    kvMounts = Map.copyOf(kvMounts);
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw SecretException.invalid("prefix", "must end with '/', such as \"secret/\"");
    }
    kvMounts.forEach(
        (mount, version) -> {
          if (version != 1 && version != 2) {
            throw SecretException.invalid("kv_mounts", mount + " must be 1 or 2");
          }
        });
  }
}
