package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where the servers of one Vault are and how long to wait for them.
 *
 * @param addresses at least one; each is tried in turn while those before it are down, sealed or on
 *     standby
 * @param namespace sent with each call; empty for none
 * @param connectTimeout for a connection to be made
 * @param requestTimeout for a whole answer, its body included
 * @param maxAnswer the greatest body taken, in bytes
 */
public record VaultServers(
    List<URI> addresses,
    String namespace,
    VaultTls tls,
    Duration connectTimeout,
    Duration requestTimeout,
    int maxAnswer) {

  /** How long a connection may take unless told otherwise. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** How long a whole answer may take unless told otherwise. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** As much as the server itself takes in a request unless told otherwise. */
  public static final int MAX_ANSWER = 32 << 20;

  public VaultServers {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw SecretException.invalid("address", "is missing; name at least one server");
    }
    addresses.forEach(VaultServers::check);
  }

  /** One server with the usual limits. */
  public static VaultServers at(URI address) {
    return new VaultServers(
        List.of(address), "", VaultTls.SYSTEM, CONNECT_TIMEOUT, REQUEST_TIMEOUT, MAX_ANSWER);
  }

  /** The longest that a call takes: a round over all of them, and once more with another token. */
  Duration callLimit() {
    return connectTimeout.multipliedBy(addresses.size()).plus(requestTimeout).multipliedBy(2);
  }

  private static void check(URI address) {
    String scheme = String.valueOf(address.getScheme());
    boolean known = scheme.equals("http") || scheme.equals("https");
    if (!known || address.getHost() == null || address.getUserInfo() != null) {
      throw SecretException.invalid("address", "must be like https://vault.example.com:8200");
    }
  }
}
