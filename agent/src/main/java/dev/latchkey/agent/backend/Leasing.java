package dev.latchkey.agent.backend;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A secret manager whose reads may grant leases. The lease ledger alone calls {@link #renew} and
 * {@link #revoke}, so that each lease has one owner. Blocks.
 */
public interface Leasing {

  /**
   * Whether a read of {@code path} may grant a lease, so that the intent is kept before the read.
   * May ask the manager; where it may not tell, the answer is yes.
   *
   * @throws dev.latchkey.agent.secret.SecretException UNAVAILABLE or LIMIT_EXCEEDED when asking
   *     again later may help
   */
  boolean mayLease(String path);

  /**
   * Extends a lease.
   *
   * @param wished for how long from now; the manager may grant less
   * @throws dev.latchkey.agent.secret.SecretException NOT_FOUND when the manager knows no such
   *     lease, BACKEND_REFUSED when the agent may not renew it, UNAVAILABLE or LIMIT_EXCEEDED when
   *     asking again later may help
   */
  Renewal renew(String leaseId, Duration wished);

  /**
   * Ends a lease now. A lease that the manager does not know is as good as ended.
   *
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED, UNAVAILABLE or
   *     LIMIT_EXCEEDED
   */
  void revoke(String leaseId);

  /**
   * The leases that the manager has under {@code path}, whoever asked for them.
   *
   * @throws dev.latchkey.agent.secret.SecretException BACKEND_REFUSED where the agent may not look
   */
  List<KnownLease> leases(String path);

  /**
   * How long after a read was begun it may still grant a lease, whether somebody waits for the
   * answer or not.
   */
  Duration callLimit();

  /**
   * What the manager granted.
   *
   * @param expiresAt when the lease ends now
   * @param renewable whether it may be extended once more
   */
  record Renewal(Instant expiresAt, boolean renewable) {}

  /** A lease as the manager tells of it. */
  record KnownLease(String leaseId, Instant issuedAt, Instant expiresAt) {}
}
