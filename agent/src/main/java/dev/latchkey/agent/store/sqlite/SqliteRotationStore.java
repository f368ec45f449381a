package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.rotation.RotationKind;
import dev.latchkey.agent.rotation.RotationRecord;
import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.RotationStore;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rotations as rows, their candidates sealed. Of each secret the newest {@value #KEPT_ROTATIONS}
 * are kept, and those that have not ended.
 */
final class SqliteRotationStore implements RotationStore {

  static final int KEPT_ROTATIONS = 200;

  private static final String SAVE =
      "INSERT INTO rotation (id, secret, kind, step, ended, login, sealed_candidate,"
          + " previous_login, previous_version, version, rolled_back_from, request, actor,"
          + " started_at, step_at, published_at, retire_at, ended_sessions, failure)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (id) DO UPDATE SET step = excluded.step, ended = excluded.ended,"
          + " login = excluded.login, sealed_candidate = excluded.sealed_candidate,"
          + " previous_login = excluded.previous_login,"
          + " previous_version = excluded.previous_version, version = excluded.version,"
          + " rolled_back_from = excluded.rolled_back_from, request = excluded.request,"
          + " actor = excluded.actor, step_at = excluded.step_at,"
          + " published_at = excluded.published_at, retire_at = excluded.retire_at,"
          + " ended_sessions = excluded.ended_sessions, failure = excluded.failure";

  private static final String DRAINING =
      "ended = 0 AND step IN ('published', 'drained') AND published_at IS NOT NULL"
          + " AND retire_at IS NOT NULL";

  private final Sealer sealer;

  SqliteRotationStore(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public void save(Transaction transaction, RotationRecord rotation) {
    SqliteTransaction.sql(transaction, SAVE)
        .with(rotation.id())
        .with(rotation.name().text())
        .with(rotation.kind().word())
        .with(rotation.step().name().toLowerCase(Locale.ROOT))
        .with(rotation.ended())
        .with(rotation.login())
        .with(sealed(rotation))
        .with(rotation.previousLogin())
        .with(rotation.previousVersion())
        .with(rotation.version())
        .with(rotation.rolledBackFrom())
        .with(rotation.requestId())
        .with(rotation.actor())
        .with(rotation.startedAt())
        .with(rotation.stepAt())
        .with(rotation.publishedAt())
        .with(rotation.retireAt())
        .with(rotation.endedSessions())
        .with(rotation.failure())
        .update();
    prune(transaction, rotation.name());
  }

  @Override
  public List<RotationRecord> open(Transaction transaction, SecretName name) {
    return SqliteTransaction.sql(
            transaction, "SELECT * FROM rotation WHERE secret = ? AND ended = 0 ORDER BY place")
        .with(name.text())
        .list(this::rotation);
  }

  @Override
  public List<RotationRecord> history(Transaction transaction, SecretName name, int limit) {
    return SqliteTransaction.sql(
            transaction, "SELECT * FROM rotation WHERE secret = ? ORDER BY place DESC LIMIT ?")
        .with(name.text())
        .with(limit)
        .list(this::rotation);
  }

  @Override
  public Optional<RotationRecord> byRequest(
      Transaction transaction, SecretName name, String requestId) {
    return SqliteTransaction.sql(
            transaction,
            "SELECT * FROM rotation WHERE secret = ? AND request = ? ORDER BY place LIMIT 1")
        .with(name.text())
        .with(requestId)
        .first(this::rotation);
  }

  /**
   * Begins every overlap anew, as a restore must: which login role is in use now, and by whom, is
   * not what the backup says. A holder that never acknowledges stands for those that nobody knows,
   * so that each overlap takes its whole length.
   */
  static void beginOverlapsAgain(Transaction transaction, Instant now) {
    SqliteTransaction.sql(
            transaction,
            "INSERT OR REPLACE INTO holding (holder, kind, secret, version, acknowledged,"
                + " acknowledges, identity) SELECT 'restored', 'read', secret,"
                + " min(previous_version), 0, 0, 'unknown since the restore' FROM rotation WHERE "
                + DRAINING
                + " GROUP BY secret")
        .update();
    SqliteTransaction.sql(
            transaction,
            "UPDATE rotation SET step = 'published', step_at = ?1, published_at = ?1,"
                + " retire_at = ?1 + (retire_at - published_at) WHERE "
                + DRAINING)
        .with(now)
        .update();
  }

  private static void prune(Transaction transaction, SecretName name) {
    SqliteTransaction.sql(
            transaction,
            "DELETE FROM rotation WHERE secret = ?1 AND ended = 1 AND place <"
                + " (SELECT min(place) FROM (SELECT place FROM rotation WHERE secret = ?1"
                + " ORDER BY place DESC LIMIT "
                + KEPT_ROTATIONS
                + "))")
        .with(name.text())
        .update();
  }

  private byte @Nullable [] sealed(RotationRecord rotation) {
    return rotation
        .candidate()
        .map(
            candidate ->
                candidate.read(
                    clear -> sealer.seal(clear, place(rotation.id(), rotation.name().text()))))
        .orElse(null);
  }

  private RotationRecord rotation(Row row) {
    String id = row.text("id");
    String name = row.text("secret");
    return new RotationRecord(
        id,
        new SecretName(name),
        RotationKind.valueOf(row.text("kind").toUpperCase(Locale.ROOT)),
        RotationStep.valueOf(row.text("step").toUpperCase(Locale.ROOT)),
        row.text("login"),
        row.maybeBytes("sealed_candidate").flatMap(bytes -> opened(bytes, place(id, name))),
        row.text("previous_login"),
        row.number("previous_version"),
        row.number("version"),
        row.number("rolled_back_from"),
        row.text("request"),
        row.text("actor"),
        row.instant("started_at"),
        row.instant("step_at"),
        row.maybeInstant("published_at"),
        row.maybeInstant("retire_at"),
        Math.toIntExact(row.number("ended_sessions")),
        row.text("failure"));
  }

  /** The candidate; none where it was spoiled, so that a recovery takes a new one. */
  private Optional<SecretValue> opened(byte[] sealed, String place) {
    byte[] clear;
    try {
      clear = sealer.open(sealed, place);
    } catch (SecretException spoiled) {
      return Optional.empty();
    }
    try {
      return Optional.of(SecretValue.of(clear));
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  private static String place(String id, String name) {
    return "rotation/" + id + "/" + name;
  }
}
