package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The rows of the table {@code version}: states with their sealed values. */
final class VersionRows {

  private static final String INSERT =
      "INSERT OR REPLACE INTO version (secret, version, revision, sealed_content, backend_version,"
          + " leased_at, expires_at, renewable, issued_at, published_at, previous_valid_until,"
          + " rolled_back_from, cause, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
          + " ?)";

  private final Epoch epoch;
  private final Sealer sealer;

  VersionRows(Epoch epoch, Sealer sealer) {
    this.epoch = epoch;
    this.sealer = sealer;
  }

  void keep(Transaction transaction, SecretState state, byte[] content, Instant confirmedAt) {
    Optional<Lifetime.Leased> lease = lease(state.lifetime());
    SqliteTransaction.sql(transaction, INSERT)
        .with(state.name().text())
        .with(state.id().version())
        .with(state.id().revision())
        .with(sealer.seal(content, place(state.name().text(), state.id().version())))
        .with(state.backendVersion())
        .with(lease.map(Lifetime.Leased::issuedAt))
        .with(lease.map(Lifetime.Leased::expiresAt))
        .with(lease.map(Lifetime.Leased::renewable).orElse(false))
        .with(state.issuedAt())
        .with(state.publishedAt())
        .with(state.previousValidUntil())
        .with(state.rolledBackFrom())
        .with(state.cause().word())
        .with(confirmedAt)
        .update();
  }

  SecretState state(Row row) {
    String name = row.text("secret");
    long version = row.number("version");
    return new SecretState(
        new SecretName(name),
        new StateId(epoch, version, row.number("revision")),
        row.text("backend_version"),
        content(row.bytes("sealed_content"), place(name, version)),
        lifetime(row),
        row.instant("issued_at"),
        row.instant("published_at"),
        row.maybeInstant("previous_valid_until"),
        row.number("rolled_back_from"),
        Cause.valueOf(row.text("cause").toUpperCase(Locale.ROOT)));
  }

  VersionStore.Stored stored(Row row) {
    return new VersionStore.Stored(state(row), row.instant("confirmed_at"));
  }

  private SecretContent content(byte[] sealed, String place) {
    byte[] clear = sealer.open(sealed, place);
    try {
      return ContentCodec.decode(clear);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  private static Lifetime lifetime(Row row) {
    return row.maybeInstant("expires_at")
        .<Lifetime>map(
            expiresAt ->
                new Lifetime.Leased(row.instant("leased_at"), expiresAt, row.flag("renewable")))
        .orElseGet(Lifetime.Unleased::new);
  }

  private static Optional<Lifetime.Leased> lease(Lifetime lifetime) {
    return switch (lifetime) {
      case Lifetime.Unleased unleased -> Optional.empty();
      case Lifetime.Leased leased -> Optional.of(leased);
    };
  }

  private static String place(String name, long version) {
    return "version/" + name + "/" + version;
  }
}
