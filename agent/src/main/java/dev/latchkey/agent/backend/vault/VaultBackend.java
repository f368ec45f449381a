package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.AskedTokens;
import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.backend.Listable;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.backend.Unwrapping;
import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.crypto.RemoteKeyring;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * HashiCorp Vault or OpenBao. A path is what {@code vault read} and {@code vault kv get} take: the
 * mount and what is below it, without {@code data/}.
 *
 * <p>The key-value engines hold what can be written and listed; any other path is read as it
 * stands, with the lease that it comes with. Safe for use by several threads; it owns neither the
 * connections nor the tokens.
 */
public final class VaultBackend
    implements Backend, Writable, Versioned, Listable, Leasing, Unwrapping {

  private final VaultHttp http;
  private final String prefix;
  private final AuthorisedCalls calls;
  private final Mounts mounts;
  private final KeyValues keyValues;
  private final Reads reads;
  private final Probing probing;
  private final Leases leases;
  private final WrappingTokens wrapping;

  /** A backend over {@code http} that keeps nothing of the wrapping tokens it opens. */
  public VaultBackend(VaultHttp http, Tokens tokens, VaultOptions options, TimeSource time) {
    this(http, tokens, options, Optional.empty(), time);
  }

  /**
   * A backend over {@code http}, whose name it has in its health.
   *
   * @param asked remembers which wrapping tokens it asked to be opened
   */
  public VaultBackend(
      VaultHttp http,
      Tokens tokens,
      VaultOptions options,
      Optional<AskedTokens> asked,
      TimeSource time) {
    this.http = http;
    this.prefix = options.prefix();
    this.calls = new AuthorisedCalls(http, tokens);
    this.mounts = new Mounts(calls, options.kvMounts(), time);
    this.keyValues = new KeyValues(calls);
    this.reads = new Reads(calls, time);
    this.probing = new Probing(calls, mounts, keyValues, reads);
    this.leases = new Leases(calls, time);
    this.wrapping = new WrappingTokens(calls, asked, time);
  }

  @Override
  public BackendRead read(String path, Optional<String> version) {
    String full = full(path);
    Mount mount = mounts.of(full);
    return switch (mount.kind()) {
      case KV2 -> keyValues.read(mount, full, version);
      case KV1, DATABASE, OTHER -> reads.read(mount, full, version);
      case UNKNOWN -> probing.read(mount, full, version);
    };
  }

  /**
   * What the server wrapped and handed {@code wrappingToken} out for, which can be had once.
   *
   * @throws SecretException INVALID_REQUEST when it was had already, or its time is over
   */
  public BackendRead unwrap(SecretValue wrappingToken) {
    return wrapping.open(wrappingToken);
  }

  @Override
  public Optional<BackendRead> unwrap(Path file, Optional<String> createdAt, String opened) {
    return wrapping.open(file, createdAt, opened);
  }

  /** The keyring that a key of a transit engine is. The backend's prefix is not put before it. */
  public RemoteKeyring keyring(TransitKey key) {
    return new Transit(calls, key);
  }

  /** Versions of the key-value engine are numbers that rise; nothing else has versions. */
  @Override
  public boolean ordersVersions() {
    return true;
  }

  @Override
  public String put(String path, SecretContent content, Optional<String> expected) {
    String full = full(path);
    Mount mount = mounts.of(full);
    return switch (mount.kind()) {
      case KV2 -> keyValues.put(mount, full, content, expected);
      case UNKNOWN -> keyValues.put(probing.writable(mount, full), full, content, expected);
      case KV1 -> putUnversioned(full, content, expected);
      case DATABASE, OTHER -> throw notKeyValue(full);
    };
  }

  private String putUnversioned(String full, SecretContent content, Optional<String> expected) {
    Reads.refuseVersion(full, expected);
    calls.done(VaultRequest.write(full, FieldEncoding.encode(content)));
    return "";
  }

  @Override
  public String newest(String path) {
    String full = full(path);
    return keyValues.newest(versioned(full), full);
  }

  @Override
  public void delete(String path, List<String> versions) {
    String full = full(path);
    Mount mount = mounts.of(full);
    if (mount.kind() == Mount.Kind.KV1 && versions.isEmpty()) {
      calls.done(VaultRequest.delete(full));
    } else {
      keyValues.delete(versioned(full), full, versions);
    }
  }

  @Override
  public void undelete(String path, List<String> versions) {
    String full = full(path);
    keyValues.undelete(versioned(full), full, versions);
  }

  @Override
  public void destroy(String path, List<String> versions) {
    String full = full(path);
    keyValues.destroy(versioned(full), full, versions);
  }

  private Mount versioned(String full) {
    Mount mount = mounts.of(full);
    return switch (mount.kind()) {
      case KV2 -> mount;
      case UNKNOWN -> probing.writable(mount, full);
      case KV1 -> throw SecretException.of(Reason.UNSUPPORTED, full + " keeps no versions");
      case DATABASE, OTHER -> throw notKeyValue(full);
    };
  }

  private static SecretException notKeyValue(String full) {
    return SecretException.of(
        Reason.UNSUPPORTED, full + " is not below a key-value mount; it takes no writes");
  }

  @Override
  public List<String> list(String pathPrefix, String after, int limit) {
    String whole = prefix + pathPrefix;
    int folder = whole.lastIndexOf('/') + 1;
    if (folder == 0) {
      throw SecretException.invalid("prefix", "must begin with a mount, such as \"secret/\"");
    }
    Mount mount = mounts.of(whole.substring(0, folder) + "-");
    if (mount.kind() == Mount.Kind.DATABASE || mount.kind() == Mount.Kind.OTHER) {
      throw SecretException.of(Reason.UNSUPPORTED, whole + " is not below a key-value mount");
    }
    return new Listing(calls, mount, whole, prefix + after, limit)
        .paths().stream().map(path -> path.substring(prefix.length())).toList();
  }

  /** The key-value engines and static logins grant none. */
  @Override
  public boolean mayLease(String path) {
    String full = full(path);
    try {
      Mount mount = mounts.of(full);
      return switch (mount.kind()) {
        case KV1, KV2 -> false;
        case DATABASE, OTHER, UNKNOWN -> !Reads.isStaticLogin(mount, full);
      };
    } catch (SecretException cannotTell) {
      if (cannotTell.reason() == Reason.UNAVAILABLE
          || cannotTell.reason() == Reason.LIMIT_EXCEEDED) {
        throw cannotTell;
      }
      return true;
    }
  }

  @Override
  public Renewal renew(String leaseId, Duration wished) {
    return leases.renew(leaseId, wished);
  }

  @Override
  public void revoke(String leaseId) {
    leases.revoke(leaseId);
  }

  @Override
  public List<KnownLease> leases(String path) {
    return leases.leases(full(path));
  }

  @Override
  public Duration callLimit() {
    return http.callLimit();
  }

  @Override
  public ComponentHealth health() {
    return http.health();
  }

  /** The server takes dots and doubled slashes for another path than the one that was meant. */
  private String full(String path) {
    String full = prefix + path;
    String[] segments = full.split("/", -1);
    boolean odd =
        Arrays.stream(segments)
            .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (odd || segments.length < 2 || full.chars().anyMatch(Character::isISOControl)) {
      throw SecretException.invalid(
          "path", "must be a mount and what is below it, such as \"secret/orders/db\"");
    }
    return full;
  }
}
