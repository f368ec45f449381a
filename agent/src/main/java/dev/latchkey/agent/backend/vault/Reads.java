package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Reads of paths that have one state and no versions. Safe for use by several threads. */
final class Reads {

  /** The time left to a static login, which changes with each read of it. */
  private static final String LEFT = "ttl";

  private static final String CHANGED = "last_vault_rotation";

  private final AuthorisedCalls calls;
  private final TimeSource time;

  Reads(AuthorisedCalls calls, TimeSource time) {
    this.calls = calls;
    this.time = time;
  }

  /** Reads {@code full} as it stands, with the lease that it may come with. */
  BackendRead read(Mount mount, String full, Optional<String> version) {
    refuseVersion(full, version);
    Instant askedAt = time.now();
    VaultRequest request = VaultRequest.read(full);
    AuthorisedCalls.Asked asked = calls.asked(request);
    JsonObject body = VaultHttp.done(request, asked.answer());
    return of(mount, full, body, askedAt).madeWith(asked.token());
  }

  /** The read that {@code answer} is. */
  static BackendRead of(Mount mount, String full, JsonObject answer, Instant askedAt) {
    JsonObject data =
        ServerText.object(answer, "data")
            .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, full + " has no fields"));
    boolean fixed = isStaticLogin(mount, full);
    return new BackendRead(
        FieldEncoding.decode(full, data, fixed ? Set.of(LEFT) : Set.of()),
        "",
        LeaseTimes.lifetime(full, answer, askedAt),
        ServerText.text(answer, "lease_id"),
        fixed && isOfDatabase(full, data)
            ? Optional.of(askedAt.plusSeconds(Math.max(0, ServerText.number(data, LEFT))))
            : Optional.empty());
  }

  /** Other engines have static logins too, which open no database. */
  private static boolean isOfDatabase(String full, JsonObject data) {
    return full.contains("/static-creds/")
        && !ServerText.text(data, CHANGED).isEmpty()
        && !ServerText.text(data, SecretContent.USERNAME).isEmpty();
  }

  /**
   * Whether the path is a login that the server rotates by itself. The time until the next rotation
   * belongs to the read and not to the secret.
   */
  static boolean isStaticLogin(Mount mount, String full) {
    return switch (mount.kind()) {
      case KV1, KV2 -> false;
      case DATABASE, OTHER, UNKNOWN ->
          full.contains("/static-creds/") || full.contains("/static-cred/");
    };
  }

  static void refuseVersion(String full, Optional<String> version) {
    version.ifPresent(
        text -> {
          throw SecretException.of(Reason.UNSUPPORTED, full + " keeps no versions; ask without");
        });
  }
}
