package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backend.OneTimeStore;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.util.Arrays;
import java.util.Optional;

/** What logins could have once only, as rows, sealed. */
final class SqliteOneTimeStore implements OneTimeStore {

  private static final String KEEP =
      "INSERT OR REPLACE INTO opened (backend, bound_to, sealed_source, sealed_value, used)"
          + " VALUES (?, ?, ?, ?, ?)";

  private final Sealer sealer;

  SqliteOneTimeStore(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public void keep(Transaction transaction, String backend, Opened opened) {
    SqliteTransaction.sql(transaction, KEEP)
        .with(backend)
        .with(opened.boundTo())
        .with(sealed(opened.source(), place(backend, "source")))
        .with(sealed(opened.value(), place(backend, "value")))
        .with(opened.used())
        .update();
  }

  private byte[] sealed(SecretValue value, String place) {
    return value.read(clear -> sealer.seal(clear, place));
  }

  @Override
  public Optional<Opened> find(Transaction transaction, String backend) {
    return SqliteTransaction.sql(transaction, "SELECT * FROM opened WHERE backend = ?")
        .with(backend)
        .first(row -> opened(row, backend))
        .flatMap(found -> found);
  }

  private Optional<Opened> opened(Row row, String backend) {
    try {
      return Optional.of(
          new Opened(
              row.text("bound_to"),
              open(row.bytes("sealed_source"), place(backend, "source")),
              open(row.bytes("sealed_value"), place(backend, "value")),
              row.flag("used")));
    } catch (SecretException spoiled) {
      return Optional.empty();
    }
  }

  private SecretValue open(byte[] sealed, String place) {
    byte[] clear = sealer.open(sealed, place);
    try {
      return SecretValue.of(clear);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  private static String place(String backend, String part) {
    return "opened/" + backend + "/" + part;
  }
}
