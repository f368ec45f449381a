package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;

/** A ledger where nothing is leased, for tests. */
public final class NoLeases implements Leases {

  @Override
  public boolean owns(SecretName secret) {
    return false;
  }

  @Override
  public boolean mayLease(Declaration declaration) {
    return false;
  }

  @Override
  public SecretState obtain(Declaration declaration) {
    throw SecretException.of(Reason.UNSUPPORTED, "nothing is leased here");
  }

  @Override
  public List<LeaseReport> list() {
    return List.of();
  }

  @Override
  public void revoke(String id, String actor) {
    throw SecretException.of(Reason.NOT_FOUND, "there is no lease " + id);
  }
}
