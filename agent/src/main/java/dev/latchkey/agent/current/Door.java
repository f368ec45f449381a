package dev.latchkey.agent.current;

import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the one door does inside its transaction. Called on the store's thread. */
final class Door {

  private final VersionStore versions;
  private final AuditLog audit;
  private final Catalog catalog;
  private final TimeSource time;

  Door(VersionStore versions, AuditLog audit, Catalog catalog, TimeSource time) {
    this.versions = versions;
    this.audit = audit;
    this.catalog = catalog;
    this.time = time;
  }

  /**
   * What came of a change.
   *
   * @param confirmed whether {@code state} was confirmed by the change and shall be held
   * @param changed whether a new version came
   */
  record Outcome(SecretState state, boolean confirmed, boolean changed) {}

  /** Decides, numbers and writes. */
  Outcome pass(
      Transaction transaction,
      Epoch epoch,
      Change change,
      Alongside alongside,
      Optional<Held> held,
      boolean ordered) {
    Optional<SecretState> repeat = repeated(transaction, change);
    if (repeat.isPresent()) {
      return new Outcome(repeat.get(), false, false);
    }
    Instant now = time.now();
    Optional<SecretState> kept = kept(transaction, change);
    Succession succession = succession(transaction, epoch, change, kept, held, now);
    if (ordered && isOlder(change, succession)) {
      passedOver(transaction, change, now);
      return new Outcome(succession.before().orElseThrow(), false, false);
    }
    refuseUnproved(change, succession);
    succession.check(change);
    SecretState next = next(succession, change, held, now);
    boolean keepValue = keepsValue(next);
    if (succession.isChange(next)
        || (kept.isEmpty() && (keepValue || versions.isWithdrawn(transaction, change.name())))) {
      versions.write(transaction, next, now, keepValue);
    }
    alongside.write(transaction, next);
    boolean newVersion =
        succession.last() == null || next.id().version() > succession.last().version();
    record(transaction, change, next, newVersion, now);
    return new Outcome(next, true, newVersion);
  }

  /** What is kept; a recovery does without, since it comes when that cannot be opened any more. */
  private Optional<SecretState> kept(Transaction transaction, Change change) {
    return change.cause() == Cause.RECOVERY
        ? Optional.empty()
        : versions.current(transaction, change.name()).map(VersionStore.Stored::state);
  }

  /** Writes the turn of {@code held} between fresh and stale. */
  SecretState turn(Transaction transaction, Held held, Instant confirmedAt) {
    SecretState turned = Succession.turned(held.state());
    versions.write(transaction, turned, confirmedAt, keepsValue(turned));
    return turned;
  }

  /** Forgets what was taken away at the backend. */
  void withdraw(Transaction transaction, Withdrawal withdrawal) {
    if (withdrawal.takesAway()) {
      versions.forget(
          transaction, withdrawal.name(), withdrawal.versions(), withdrawal.takesNewest());
    }
    if (!withdrawal.requestId().isEmpty()) {
      versions.keepRequest(
          transaction,
          withdrawal.requestId(),
          new Requested(withdrawal.name(), withdrawal.asked()));
    }
    audit.change(
        transaction,
        new AuditRecord(
            time.now(),
            withdrawal.actor(),
            withdrawal.operation(),
            withdrawal.name().text(),
            0,
            AuditRecord.Outcome.DONE,
            withdrawal.versions().isEmpty()
                ? ""
                : "the backend's versions " + String.join(", ", withdrawal.versions()),
            withdrawal.traceId()));
  }

  private Optional<SecretState> repeated(Transaction transaction, Change change) {
    Optional<SecretState> first =
        change.requestId().isEmpty()
            ? Optional.empty()
            : versions.byRequest(transaction, change.requestId());
    first.ifPresent(known -> refuseOtherRequest(known, change));
    return first;
  }

  /** A request id that comes with another secret or value is no repeat: nothing may be lost. */
  private static void refuseOtherRequest(SecretState first, Change change) {
    if (!first.name().equals(change.name()) || !first.content().equals(change.content())) {
      throw SecretException.of(
          Reason.CONFLICT,
          "the request id was used for another secret or another value before; nothing was"
              + " changed, use a new id for each request");
    }
  }

  private Succession succession(
      Transaction transaction,
      Epoch epoch,
      Change change,
      Optional<SecretState> kept,
      Optional<Held> held,
      Instant now) {
    if (kept.isPresent()) {
      return succession(
          epoch, kept.get().id(), kept, kept.get().content().equals(change.content()));
    }
    SecretState candidate = candidate(epoch, change, now);
    VersionStore.Known known = versions.known(transaction, change.name(), candidate).orElse(null);
    return known == null
        ? succession(epoch, null, Optional.empty(), false)
        : succession(epoch, known.id(), held.map(Held::state), known.sameValue());
  }

  private static Succession succession(
      Epoch epoch, @Nullable StateId last, Optional<SecretState> before, boolean sameValue) {
    return new Succession(epoch, last, before, sameValue);
  }

  private static SecretState candidate(Epoch epoch, Change change, Instant now) {
    return new Succession(epoch, null, Optional.empty(), false).next(change, now);
  }

  private static boolean isOlder(Change change, Succession succession) {
    return (change.cause() == Cause.LOAD || change.cause() == Cause.PUT)
        && succession
            .before()
            .filter(before -> VersionText.isOlder(change.backendVersion(), before.backendVersion()))
            .isPresent();
  }

  /** Notes a write that the backend took, and of which a later version was current before. */
  private void passedOver(Transaction transaction, Change change, Instant now) {
    if (change.cause() != Cause.PUT) {
      return;
    }
    if (!change.requestId().isEmpty()) {
      versions.keepRequest(transaction, change.requestId(), new Requested(change.name(), ""));
    }
    audit.change(
        transaction,
        new AuditRecord(
            now,
            change.actor(),
            change.cause().word(),
            change.name().text(),
            0,
            AuditRecord.Outcome.DONE,
            "the backend's version " + change.backendVersion() + ", older than the one current",
            change.traceId()));
  }

  /**
   * Refuses another value of a rotated secret that was only read: nobody has proved that it opens
   * anything.
   */
  private void refuseUnproved(Change change, Succession succession) {
    boolean known = succession.last() != null && succession.sameValue();
    if (change.cause() == Cause.LOAD && !known && isRotated(change.name())) {
      throw SecretException.of(
          succession.last() == null ? Reason.NOT_FOUND : Reason.NOT_POSSIBLE_NOW,
          change.name()
              + ": the backend's version "
              + change.backendVersion()
              + " is not this agent's and not proved, so it is not taken: adopt "
              + change.name()
              + " takes over a login that works, rotate "
              + change.name()
              + " --recover resets the pair");
    }
  }

  private boolean isRotated(SecretName name) {
    return catalog.find(name).flatMap(Declaration::rotation).isPresent();
  }

  /** A confirmation of what is held stale is a turn, and a turn raises the revision. */
  private static SecretState next(
      Succession succession, Change change, Optional<Held> held, Instant now) {
    SecretState next = succession.next(change, now);
    boolean turns = held.isPresent() && held.get().stale() && !succession.isChange(next);
    return turns ? Succession.turned(next) : next;
  }

  /** A lease outlives the agent, so its value does too. */
  private boolean keepsValue(SecretState state) {
    return state.expiresAt().isPresent()
        || catalog
            .find(state.name())
            .map(declaration -> declaration.persist() || declaration.rotation().isPresent())
            .orElse(true);
  }

  private void record(
      Transaction transaction, Change change, SecretState next, boolean newVersion, Instant now) {
    if (!change.requestId().isEmpty()) {
      versions.keepRequest(transaction, change.requestId(), next);
    }
    if (newVersion || change.cause() != Cause.LOAD) {
      audit.change(
          transaction,
          new AuditRecord(
              now,
              change.actor(),
              change.cause().word(),
              change.name().text(),
              next.id().version(),
              AuditRecord.Outcome.DONE,
              detail(change, newVersion),
              change.traceId()));
    }
  }

  private static String detail(Change change, boolean newVersion) {
    if (change.rolledBackFrom() != 0) {
      return "content of version " + change.rolledBackFrom();
    }
    return newVersion ? "" : "equal value, no new version";
  }
}
