package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.current.Requested;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Versions as rows, their values sealed.
 *
 * <p>Of each secret the newest {@value #KEPT_VERSIONS} versions are kept, and those that a holder,
 * a rotation under way or a kept request still needs; of the requests the newest {@value
 * #KEPT_REQUESTS}.
 */
final class SqliteVersionStore implements VersionStore {

  static final int KEPT_VERSIONS = 20;
  static final int KEPT_REQUESTS = 256;

  private static final String PRUNE =
      "DELETE FROM version WHERE secret = ?1 AND version <= ?2"
          + " AND version NOT IN (SELECT version FROM holding WHERE secret = ?1)"
          + " AND version NOT IN (SELECT version FROM request WHERE secret = ?1)"
          + " AND NOT EXISTS (SELECT 1 FROM rotation WHERE rotation.secret = ?1 AND ended = 0"
          + " AND version.version IN (rotation.previous_version, rotation.version,"
          + " rotation.rolled_back_from))";

  private final Epoch epoch;
  private final VersionRows rows;
  private final Authenticator digests;

  SqliteVersionStore(Epoch epoch, Sealer sealer, Authenticator digests) {
    this.epoch = epoch;
    this.rows = new VersionRows(epoch, sealer);
    this.digests = digests;
  }

  @Override
  public Epoch epoch(Transaction transaction) {
    return epoch;
  }

  @Override
  public Optional<Stored> current(Transaction transaction, SecretName name) {
    return SqliteTransaction.sql(
            transaction,
            "SELECT version.* FROM secret JOIN version ON version.secret = secret.name"
                + " AND version.version = secret.version WHERE secret.name = ? AND kept = 1")
        .with(name.text())
        .first(rows::stored);
  }

  @Override
  public Optional<SecretState> version(Transaction transaction, SecretName name, long version) {
    return SqliteTransaction.sql(
            transaction, "SELECT * FROM version WHERE secret = ? AND version = ?")
        .with(name.text())
        .with(version)
        .first(rows::state);
  }

  @Override
  public List<SecretState> history(Transaction transaction, SecretName name, int limit) {
    return SqliteTransaction.sql(
            transaction, "SELECT * FROM version WHERE secret = ? ORDER BY version DESC LIMIT ?")
        .with(name.text())
        .with(limit)
        .list(this::readable)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** The row's state; none where its value was spoiled. */
  private Optional<SecretState> readable(Row row) {
    try {
      return Optional.of(rows.state(row));
    } catch (SecretException spoiled) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Known> known(Transaction transaction, SecretName name, SecretState candidate) {
    return last(transaction, name)
        .map(
            last ->
                new Known(
                    last.id(),
                    MessageDigest.isEqual(last.digest(), digest(name, candidate.content()))));
  }

  @Override
  public void write(
      Transaction transaction, SecretState state, Instant confirmedAt, boolean keepValue) {
    byte[] digest = digest(state.name(), state.content());
    refuseToGoBack(last(transaction, state.name()), state.id(), digest);
    if (keepValue) {
      byte[] content = ContentCodec.encode(state.content());
      rows.keep(transaction, state, content, confirmedAt);
      Arrays.fill(content, (byte) 0);
      prune(transaction, state);
    } else {
      SqliteTransaction.sql(transaction, "DELETE FROM version WHERE secret = ?")
          .with(state.name().text())
          .update();
    }
    keepLast(transaction, state, digest, keepValue);
  }

  @Override
  public Optional<SecretState> byRequest(Transaction transaction, String requestId) {
    return SqliteTransaction.sql(
            transaction,
            "SELECT version.* FROM request JOIN version ON version.secret = request.secret"
                + " AND version.version = request.version WHERE request.id = ?")
        .with(requestId)
        .first(rows::state);
  }

  @Override
  public void keepRequest(Transaction transaction, String requestId, SecretState state) {
    keepRequest(transaction, requestId, new Requested(state.name(), ""), state.id().version());
  }

  private static void keepRequest(
      Transaction transaction, String requestId, Requested requested, long version) {
    SqliteTransaction.sql(
            transaction,
            "INSERT OR IGNORE INTO request (id, secret, version, asked) VALUES (?, ?, ?, ?)")
        .with(requestId)
        .with(requested.name().text())
        .with(version)
        .with(requested.asked())
        .update();
    SqliteTransaction.sql(
            transaction,
            "DELETE FROM request WHERE place <= (SELECT max(place) FROM request) - "
                + KEPT_REQUESTS)
        .update();
  }

  @Override
  public Optional<Requested> requestedFor(Transaction transaction, String requestId) {
    return SqliteTransaction.sql(transaction, "SELECT secret, asked FROM request WHERE id = ?")
        .with(requestId)
        .first(row -> new Requested(new SecretName(row.text("secret")), row.text("asked")));
  }

  @Override
  public void keepRequest(Transaction transaction, String requestId, Requested requested) {
    keepRequest(transaction, requestId, requested, 0);
  }

  @Override
  public void forget(
      Transaction transaction, SecretName name, List<String> backendVersions, boolean newest) {
    for (String text : backendVersions) {
      SqliteTransaction.sql(
              transaction, "DELETE FROM version WHERE secret = ? AND backend_version = ?")
          .with(name.text())
          .with(text)
          .update();
    }
    if (newest) {
      SqliteTransaction.sql(
              transaction,
              "DELETE FROM version WHERE secret = ?1 AND version ="
                  + " (SELECT version FROM secret WHERE name = ?1)")
          .with(name.text())
          .update();
      SqliteTransaction.sql(transaction, "UPDATE secret SET kept = 0, withdrawn = 1 WHERE name = ?")
          .with(name.text())
          .update();
    }
  }

  @Override
  public Set<SecretName> withdrawn(Transaction transaction) {
    return Set.copyOf(
        SqliteTransaction.sql(transaction, "SELECT name FROM secret WHERE withdrawn = 1")
            .list(row -> new SecretName(row.text("name"))));
  }

  @Override
  public boolean isWithdrawn(Transaction transaction, SecretName name) {
    return SqliteTransaction.sql(
            transaction, "SELECT 1 FROM secret WHERE name = ? AND withdrawn = 1")
        .with(name.text())
        .first(row -> true)
        .isPresent();
  }

  @Override
  public List<SecretName> names(Transaction transaction, String prefix) {
    return SqliteTransaction.sql(
            transaction,
            "SELECT name FROM secret WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1"
                + " AND kept = 1 ORDER BY name")
        .with(prefix)
        .list(row -> new SecretName(row.text("name")));
  }

  private Optional<Last> last(Transaction transaction, SecretName name) {
    return SqliteTransaction.sql(
            transaction, "SELECT version, revision, digest FROM secret WHERE name = ?")
        .with(name.text())
        .first(
            row ->
                new Last(
                    new StateId(epoch, row.number("version"), row.number("revision")),
                    row.bytes("digest")));
  }

  private static void keepLast(
      Transaction transaction, SecretState state, byte[] digest, boolean kept) {
    SqliteTransaction.sql(
            transaction,
            "INSERT INTO secret (name, version, revision, kept, digest) VALUES (?, ?, ?, ?, ?) ON"
                + " CONFLICT (name) DO UPDATE SET version = excluded.version, revision ="
                + " excluded.revision, kept = excluded.kept, digest = excluded.digest, withdrawn ="
                + " 0")
        .with(state.name().text())
        .with(state.id().version())
        .with(state.id().revision())
        .with(kept)
        .with(digest)
        .update();
  }

  private static void prune(Transaction transaction, SecretState state) {
    SqliteTransaction.sql(transaction, PRUNE)
        .with(state.name().text())
        .with(state.id().version() - KEPT_VERSIONS)
        .update();
  }

  /** Holds what must always hold, whatever the door does: ids rise, and a version has one value. */
  private void refuseToGoBack(Optional<Last> last, StateId next, byte[] digest) {
    if (!next.epoch().equals(epoch)) {
      throw new IllegalArgumentException("the state is of another epoch");
    }
    last.ifPresent(
        known -> {
          if (known.id().isAfter(next)) {
            throw new IllegalArgumentException("the state is older than the last one given");
          }
          if (known.id().version() == next.version()
              && !MessageDigest.isEqual(known.digest(), digest)) {
            throw new IllegalArgumentException("the version was given for another value");
          }
        });
  }

  /** The keyed digest of a value, bound to its name. */
  private byte[] digest(SecretName name, SecretContent content) {
    byte[] text = name.text().getBytes(StandardCharsets.UTF_8);
    byte[] clear = ContentCodec.encode(content);
    byte[] whole =
        ByteBuffer.allocate(Integer.BYTES + text.length + clear.length)
            .putInt(text.length)
            .put(text)
            .put(clear)
            .array();
    try {
      return digests.tag(whole);
    } finally {
      Arrays.fill(clear, (byte) 0);
      Arrays.fill(whole, (byte) 0);
    }
  }

  /** The last id given, with the digest of the value it was given for. */
  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
  private record Last(StateId id, byte[] digest) {}
}
