package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** The server's own record of leases. Safe for use by several threads. */
final class Leases {

  private final AuthorisedCalls calls;
  private final TimeSource time;

  Leases(AuthorisedCalls calls, TimeSource time) {
    this.calls = calls;
    this.time = time;
  }

  Leasing.Renewal renew(String leaseId, Duration wished) {
    Instant askedAt = time.now();
    JsonObject body = named(leaseId).add("increment", Math.max(1, wished.toSeconds()));
    VaultRequest request = VaultRequest.write("sys/leases/renew", body);
    return switch (calls.ask(request)) {
      case Answer.Done done when LeaseTimes.isNothing(done.body()) ->
          throw SecretException.of(Reason.BACKEND_REFUSED, "Vault renews the lease by nothing");
      case Answer.Done done ->
          new Leasing.Renewal(
              LeaseTimes.end("a renewed lease", done.body(), askedAt),
              ServerText.flag(done.body(), "renewable"));
      case Answer.Refused refused -> throw refused(request, refused);
    };
  }

  /** Waits until the credential is gone, so that a failure to end it is told. */
  void revoke(String leaseId) {
    VaultRequest request =
        VaultRequest.write("sys/leases/revoke", named(leaseId).add("sync", true));
    switch (calls.ask(request)) {
      case Answer.Done done -> {}
      case Answer.Refused refused when isUnknown(refused) -> {}
      case Answer.Refused refused -> throw refused(request, refused);
    }
  }

  List<Leasing.KnownLease> leases(String full) {
    VaultRequest request = VaultRequest.list("sys/leases/lookup/" + full);
    return switch (calls.ask(request)) {
      case Answer.Refused refused when refused.status() == 404 -> List.of();
      case Answer.Refused refused -> throw Failures.of(request, refused);
      case Answer.Done done ->
          ServerText.object(done.body(), "data").stream()
              .flatMap(data -> ServerText.texts(data, "keys").stream())
              .filter(key -> !key.endsWith("/"))
              .flatMap(key -> known(full + "/" + key).stream())
              .toList();
    };
  }

  private Optional<Leasing.KnownLease> known(String leaseId) {
    VaultRequest request = VaultRequest.write("sys/leases/lookup", named(leaseId));
    return switch (calls.ask(request)) {
      case Answer.Refused refused when isUnknown(refused) || refused.status() == 404 ->
          Optional.empty();
      case Answer.Refused refused -> throw Failures.of(request, refused);
      case Answer.Done done ->
          ServerText.object(done.body(), "data").flatMap(data -> known(leaseId, data));
    };
  }

  private static Optional<Leasing.KnownLease> known(String leaseId, JsonObject data) {
    return instant(ServerText.text(data, "issue_time"))
        .map(
            issued ->
                new Leasing.KnownLease(
                    leaseId,
                    issued,
                    instant(ServerText.text(data, "expire_time"))
                        .orElse(issued.plus(LeaseTimes.LONGEST))));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  private static SecretException refused(VaultRequest request, Answer.Refused refused) {
    if (isUnknown(refused)) {
      return SecretException.of(Reason.NOT_FOUND, "Vault knows no such lease; it has ended");
    }
    SecretException told = Failures.of(request, refused);
    return switch (told.reason()) {
      case INVALID_REQUEST -> SecretException.of(Reason.BACKEND_REFUSED, told.safeMessage());
      // What is not there is the path, as behind a gateway; of the lease it says nothing.
      case NOT_FOUND ->
          SecretException.retryable(Reason.UNAVAILABLE, told.safeMessage(), Failures.USUAL_DELAY);
      default -> told;
    };
  }

  private static boolean isUnknown(Answer.Refused refused) {
    return ServerText.says(refused.body(), "lease not found")
        || ServerText.says(refused.body(), "invalid lease")
        || ServerText.says(refused.body(), "lease expired");
  }

  private static JsonObject named(String leaseId) {
    return new JsonObject().add("lease_id", leaseId);
  }
}
