package dev.latchkey.agent.catalog;

import java.time.Duration;

/**
 * How the leases of a secret are kept.
 *
 * @param overlap for how long a lease is left alive beside its successor, unless every holder
 *     acknowledges earlier
 * @param revokedOnExit whether the agent revokes it when it stops, instead of taking it up again at
 *     its next start
 * @param exclusive whether nobody else asks for leases under the same path, so that one which the
 *     ledger does not know is what a crash left behind, and may be revoked
 */
public record LeaseDeclaration(Duration overlap, boolean revokedOnExit, boolean exclusive) {

  /** What holds where nothing is declared: half a minute, kept over a restart, shared. */
  public static final LeaseDeclaration DEFAULT =
      new LeaseDeclaration(Duration.ofSeconds(30), false, false);
}
