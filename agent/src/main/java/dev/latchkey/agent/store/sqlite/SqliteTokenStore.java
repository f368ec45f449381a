package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** The agent's own tokens as rows, their values sealed. */
final class SqliteTokenStore implements TokenStore {

  private static final String KEEP =
      "INSERT OR REPLACE INTO token (backend, bound_to, sealed_value, accessor, issued_at,"
          + " expires_at, ends_at, life, renewable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final Sealer sealer;

  SqliteTokenStore(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public void keep(Transaction transaction, String backend, String boundTo, Login.Token token) {
    byte[] sealed = token.value().read(clear -> sealer.seal(clear, place(backend)));
    SqliteTransaction.sql(transaction, KEEP)
        .with(backend)
        .with(boundTo)
        .with(sealed)
        .with(token.accessor())
        .with(token.issuedAt())
        .with(token.expiresAt())
        .with(token.endsAt())
        .with(token.life().toNanos())
        .with(token.renewable())
        .update();
  }

  @Override
  public Optional<Kept> find(Transaction transaction, String backend) {
    return SqliteTransaction.sql(transaction, "SELECT * FROM token WHERE backend = ?")
        .with(backend)
        .first(row -> token(row, backend))
        .flatMap(found -> found);
  }

  /** A token that cannot be opened is none: the agent logs in again. */
  private Optional<Kept> token(Row row, String backend) {
    try {
      byte[] clear = sealer.open(row.bytes("sealed_value"), place(backend));
      SecretValue value = SecretValue.of(clear);
      Arrays.fill(clear, (byte) 0);
      Login.Token token =
          new Login.Token(
              value,
              row.text("accessor"),
              row.instant("issued_at"),
              row.maybeInstant("expires_at"),
              row.maybeInstant("ends_at"),
              Duration.ofNanos(row.number("life")),
              row.flag("renewable"));
      return Optional.of(new Kept(row.text("bound_to"), token));
    } catch (SecretException spoiled) {
      return Optional.empty();
    }
  }

  @Override
  public void forget(Transaction transaction, String backend) {
    SqliteTransaction.sql(transaction, "DELETE FROM token WHERE backend = ?")
        .with(backend)
        .update();
  }

  private static String place(String backend) {
    return "token/" + backend;
  }
}
