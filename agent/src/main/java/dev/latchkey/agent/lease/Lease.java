package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A row of the ledger: a lease, or the intent to ask for one.
 *
 * @param id the ledger's own name for it
 * @param backend the name of the configured backend
 * @param leaseId the secret manager's name for it; empty while it is an intent
 * @param version the secret's version that it belongs to; 0 while it is an intent
 * @param parent the accessor of the token that it was made under; empty where there is none
 * @param parentEndsAt when that token ends; empty while it is renewed
 * @param issuedAt when it was asked for, granted or last extended
 * @param expiresAt when it ends unless it is extended; of an intent, when whatever it may have
 *     brought is gone
 * @param granted for how long it was granted at first; each renewal asks for as much
 * @param extensible whether another renewal may extend it
 * @param retireAt when it is revoked at the latest; empty while it is held
 */
public record Lease(
    String id,
    SecretName secret,
    String backend,
    String path,
    String leaseId,
    Stage stage,
    long version,
    String parent,
    Optional<Instant> parentEndsAt,
    Instant issuedAt,
    Instant expiresAt,
    Duration granted,
    boolean extensible,
    Optional<Instant> retireAt) {

  /** How far a lease has come. */
  public enum Stage {
    /** The manager is being asked, or was when the agent died. */
    INTENT,
    /** Its value is current. */
    HELD,
    /** It has a successor and is still in use. */
    RETIRING,
    /** It is to be revoked, which has not been done yet. */
    REVOKING;

    /** The word for it in answers and in the store. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The intent to ask for a lease. */
  static Lease intent(
      String id, SecretName secret, String backend, String path, Instant now, Duration longest) {
    return new Lease(
        id,
        secret,
        backend,
        path,
        "",
        Stage.INTENT,
        0,
        "",
        Optional.empty(),
        now,
        now.plus(longest),
        longest,
        false,
        Optional.empty());
  }

  /** The same at another stage, to be revoked at the latest at {@code at}. */
  Lease at(Stage next, Optional<Instant> at) {
    return with(next, version, parentEndsAt, issuedAt, expiresAt, granted, extensible, at);
  }

  /** The same, extended at {@code now} until {@code end}. */
  Lease extended(Instant now, Instant end, boolean mayBeExtendedAgain) {
    return with(stage, version, parentEndsAt, now, end, granted, mayBeExtendedAgain, retireAt);
  }

  /** The same, which no renewal extends any more. */
  Lease notExtensible() {
    return extended(issuedAt, expiresAt, false);
  }

  /** The same, whose token ends at {@code at}; empty while that is renewed. */
  Lease parentEnding(Optional<Instant> at) {
    return with(stage, version, at, issuedAt, expiresAt, granted, extensible, retireAt);
  }

  /** The same intent, now that it is known for how long such a lease is granted. */
  Lease ofLife(Duration life) {
    Instant end = lastAskedAt().plus(life);
    return with(stage, version, parentEndsAt, issuedAt, end, life, extensible, retireAt);
  }

  /** Both intents: that of an earlier call, and that of the newest. */
  Lease askedAgain(Lease newest) {
    return with(
        stage,
        version,
        parentEndsAt,
        issuedAt,
        newest.expiresAt,
        newest.granted,
        extensible,
        retireAt);
  }

  /** Of an intent, when the manager was last asked. */
  Instant lastAskedAt() {
    return expiresAt.minus(granted);
  }

  /** Whether it is what {@code declaration} asks for, and not for another place. */
  boolean isOf(Declaration declaration) {
    return backend.equals(declaration.backend()) && path.equals(declaration.path());
  }

  /** Whether it was, or would be, granted under the path of another. */
  boolean sharesPath(Lease other) {
    return backend.equals(other.backend) && path.equals(other.path);
  }

  /** The same, which the manager knows no more. */
  Lease lostAt(Instant now) {
    return extended(issuedAt, now, false);
  }

  /** The same, made current as {@code published}. */
  Lease published(long published) {
    return with(stage, published, parentEndsAt, issuedAt, expiresAt, granted, extensible, retireAt);
  }

  /** What a lease is stays; how it stands may change. */
  private Lease with(
      Stage nextStage,
      long nextVersion,
      Optional<Instant> parentEnd,
      Instant from,
      Instant until,
      Duration life,
      boolean mayBeExtended,
      Optional<Instant> retirement) {
    return new Lease(
        id,
        secret,
        backend,
        path,
        leaseId,
        nextStage,
        nextVersion,
        parent,
        parentEnd,
        from,
        until,
        life,
        mayBeExtended,
        retirement);
  }

  /** When the manager ends it, by itself or with its token. */
  public Instant end() {
    return parentEndsAt.filter(at -> at.isBefore(expiresAt)).orElse(expiresAt);
  }
}
