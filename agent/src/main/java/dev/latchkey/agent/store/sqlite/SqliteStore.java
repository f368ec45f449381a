package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.audit.AuditStore;
import dev.latchkey.agent.audit.AuditWriter;
import dev.latchkey.agent.backend.OneTimeStore;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.backup.StateBackup;
import dev.latchkey.agent.backup.StateDirectory;
import dev.latchkey.agent.consumer.HolderStore;
import dev.latchkey.agent.crypto.Authenticator;
import dev.latchkey.agent.crypto.KeyringStore;
import dev.latchkey.agent.crypto.Sealer;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.crypto.TinkAuthenticator;
import dev.latchkey.agent.current.VersionStore;
import dev.latchkey.agent.inject.DeliveryStore;
import dev.latchkey.agent.lease.LeaseStore;
import dev.latchkey.agent.rotation.RotationStore;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The state store: one SQLite file behind one thread, with every store port.
 *
 * <p>The directory's lock stays its opener's; close the store first. Safe for use by several
 * threads.
 */
public final class SqliteStore implements Transaction.Runner, AutoCloseable {

  private final Path file;
  private final SqliteThread thread;
  private final StoreIdentity identity;
  private final KeyringStore keyrings = new SqliteKeyringStore();
  private final Authenticator auditKey;
  private final VersionStore versions;

  private SqliteStore(Path file, SqliteThread thread, StoreIdentity identity) {
    this.file = file;
    this.thread = thread;
    this.identity = identity;
    requireAuditKey();
    this.auditKey = key(TinkAuthenticator.AUDIT);
    this.versions =
        new SqliteVersionStore(
            identity.epoch(), identity.sealer(), key(TinkAuthenticator.VERSIONS));
  }

  /**
   * Opens the store of {@code directory}, made where missing. Blocks.
   *
   * @param key makes the state key from the store's salt; called once
   * @throws dev.latchkey.agent.secret.SecretException NOT_POSSIBLE_NOW when the key is not the
   *     store's, or whatever {@code key} threw
   */
  public static SqliteStore open(
      StateDirectory directory, Function<byte[], StateKey> key, SecureRandom random) {
    Path file = directory.database();
    SqliteThread thread = SqliteThread.writing(() -> SqliteFile.openForWriting(file));
    return opened(
        file, thread, () -> thread.call(transaction -> readOrMake(transaction, key, random)));
  }

  private static StoreIdentity readOrMake(
      Transaction transaction, Function<byte[], StateKey> key, SecureRandom random) {
    return StoreIdentity.read(transaction, key)
        .orElseGet(
            () -> {
              StoreIdentity made = StoreIdentity.make(transaction, key, random);
              beginAudit(transaction, made.sealer());
              return made;
            });
  }

  /** The audit begins with the store: a key or a head that is missing later was removed. */
  private static void beginAudit(Transaction transaction, Sealer sealer) {
    Authenticator auditKey =
        TinkAuthenticator.open(
            transaction, new SqliteKeyringStore(), sealer, TinkAuthenticator.AUDIT);
    new AuditWriter(new SqliteAuditStore(), sealer, auditKey).begin(transaction);
  }

  /** Opens a file that a restore prepares, and gives it a new lineage. */
  static SqliteStore openRenewed(
      Path file, Function<byte[], StateKey> key, SecureRandom random, Instant now) {
    SqliteThread thread = SqliteThread.writing(() -> SqliteFile.openForWriting(file));
    return opened(
        file,
        thread,
        () ->
            thread.call(
                transaction -> {
                  refuseDamaged(transaction);
                  StoreIdentity old =
                      StoreIdentity.read(transaction, key).orElseThrow(SqliteRestore::notABackup);
                  SqliteRotationStore.beginOverlapsAgain(transaction, now);
                  return new StoreIdentity(StoreIdentity.renew(transaction, random), old.sealer());
                }));
  }

  private static SqliteStore opened(
      Path file, SqliteThread thread, Supplier<StoreIdentity> identity) {
    boolean done = false;
    try {
      SqliteStore store = new SqliteStore(file, thread, identity.get());
      done = true;
      return store;
    } finally {
      if (!done) {
        thread.close();
      }
    }
  }

  /** Opens the store of {@code directory} for reading, beside the agent that may use it. */
  static SqliteStore openForReading(Path directory, Function<byte[], StateKey> key) {
    Path file = StateDirectory.database(directory);
    SqliteThread thread = SqliteThread.reading(() -> SqliteFile.openForReading(file));
    return opened(
        file,
        thread,
        () ->
            thread.call(
                transaction ->
                    StoreIdentity.read(transaction, key).orElseThrow(SqliteRestore::notABackup)));
  }

  private static void refuseDamaged(Transaction transaction) {
    List<String> findings =
        SqliteTransaction.sql(transaction, "PRAGMA integrity_check")
            .list(row -> row.text("integrity_check"));
    if (!findings.equals(List.of("ok"))) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW, "the backup is damaged; restore another one");
    }
  }

  private void requireAuditKey() {
    Set<String> names = thread.call(keyrings::all).keySet();
    if (!names.contains(TinkAuthenticator.AUDIT)) {
      throw StoreIdentity.damaged();
    }
  }

  private Authenticator key(String name) {
    return thread.call(
        transaction -> TinkAuthenticator.open(transaction, keyrings, identity.sealer(), name));
  }

  @Override
  public <T> T call(Function<Transaction, T> work) {
    return thread.call(work);
  }

  /** The store's lineage. */
  public Epoch epoch() {
    return identity.epoch();
  }

  /** Seals under the store's state key. */
  public Sealer sealer() {
    return identity.sealer();
  }

  /** The key of the audit chain. */
  public Authenticator auditKey() {
    return auditKey;
  }

  public VersionStore versions() {
    return versions;
  }

  public StoredVersions storedVersions() {
    return new SqliteStoredVersions(this, identity.epoch(), identity.sealer());
  }

  public HolderStore holders() {
    return new SqliteHolderStore();
  }

  public KeyringStore keyrings() {
    return keyrings;
  }

  public RotationStore rotations() {
    return new SqliteRotationStore(identity.sealer());
  }

  public LeaseStore leases() {
    return new SqliteLeaseStore();
  }

  public TokenStore tokens() {
    return new SqliteTokenStore(identity.sealer());
  }

  /** What logins could have once only. */
  public OneTimeStore oneTime() {
    return new SqliteOneTimeStore(identity.sealer());
  }

  /** What deliveries into files know after a restart. */
  public DeliveryStore deliveries() {
    return new SqliteDeliveryStore();
  }

  public AuditStore audit() {
    return new SqliteAuditStore();
  }

  public StateBackup backup() {
    return new SqliteBackup(file);
  }

  /** Ends the store's thread once what was handed to it is done. */
  @Override
  public void close() {
    thread.close();
  }
}
