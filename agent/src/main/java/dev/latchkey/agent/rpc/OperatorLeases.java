package dev.latchkey.agent.rpc;

import dev.latchkey.agent.lease.Lease;
import dev.latchkey.agent.lease.Leases;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.LeaseEntry;
import dev.latchkey.v1.ListLeasesRequest;
import dev.latchkey.v1.ListLeasesResponse;
import dev.latchkey.v1.RevokeLeaseRequest;
import dev.latchkey.v1.RevokeLeaseResponse;

/** What an operator asks of the ledger. Blocks; never on the event loop. */
final class OperatorLeases {

  private final Leases leases;

  OperatorLeases(Leases leases) {
    this.leases = leases;
  }

  ListLeasesResponse list(ListLeasesRequest request, Reply<?> reply) {
    ListLeasesResponse.Builder answer = ListLeasesResponse.newBuilder();
    leases.list().stream().map(OperatorLeases::entry).forEach(answer::addLeases);
    return answer.build();
  }

  private static LeaseEntry entry(Leases.LeaseReport report) {
    Lease lease = report.lease();
    LeaseEntry.Builder entry =
        LeaseEntry.newBuilder()
            .setId(lease.id())
            .setSecret(lease.secret().text())
            .setBackend(lease.backend())
            .setPath(lease.path())
            .setLeaseId(lease.leaseId())
            .setStage(lease.stage().word())
            .setVersion(lease.version())
            .setIssuedAt(Wire.timestamp(lease.issuedAt()))
            .setExpiresAt(Wire.timestamp(lease.end()))
            .setRenewable(lease.extensible())
            .setTrouble(report.trouble());
    lease.retireAt().map(Wire::timestamp).ifPresent(entry::setRetireAt);
    return entry.build();
  }

  RevokeLeaseResponse revoke(RevokeLeaseRequest request, Reply<?> reply) {
    if (request.getId().isEmpty()) {
      throw SecretException.invalid("id", "must not be empty");
    }
    leases.revoke(request.getId(), reply.connection().actor());
    return RevokeLeaseResponse.getDefaultInstance();
  }
}
