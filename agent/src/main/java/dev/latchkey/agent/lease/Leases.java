package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;

/** The leases that the agent owns. Safe for use by several threads. */
public interface Leases {

  /** Whether the secret's current value is leased, and so the ledger's to renew. Never blocks. */
  boolean owns(SecretName secret);

  /**
   * Whether a read of the secret may grant a lease, and so goes through {@link #obtain}. Blocks
   * where the secret manager must be asked.
   */
  boolean mayLease(Declaration declaration);

  /**
   * What is current of a secret that may be leased: confirmed without asking the manager while its
   * lease is good, or else a new lease, published through the door. Blocks.
   *
   * @throws dev.latchkey.agent.secret.SecretException when none can be had
   */
  SecretState obtain(Declaration declaration);

  /** Every lease and every open intent. Blocks. */
  List<LeaseReport> list();

  /**
   * Revokes a lease by the ledger's id. A lease that is held is replaced first, and then revoked as
   * soon as the manager answers, whoever holds it. Blocks.
   *
   * @param actor who wants it, for the audit
   * @throws dev.latchkey.agent.secret.SecretException NOT_FOUND when there is no such lease, or why
   *     the manager could not be told
   */
  void revoke(String id, String actor);

  /**
   * A lease with what is the matter with it.
   *
   * @param trouble why the last try to renew, replace or revoke it failed; empty when it did not
   */
  record LeaseReport(Lease lease, String trouble) {}
}
