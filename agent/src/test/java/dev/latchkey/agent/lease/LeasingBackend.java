package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A secret manager that leases, in memory: each read grants a new credential, renewals extend it up
 * to a maximum life, and it counts what it is asked.
 */
final class LeasingBackend implements Backend, Leasing {

  private record Grant(Instant issuedAt, Instant expiresAt) {}

  private final TimeSource time;
  private final Map<String, Grant> grants = new LinkedHashMap<>();
  Supplier<Duration> lives = () -> Duration.ofMinutes(1);
  Duration longest = Duration.ofMinutes(5);
  Duration callLimit = Duration.ofSeconds(10);
  int reads;
  int renewals;
  int revocations;
  @Nullable RuntimeException failure;
  @Nullable RuntimeException readFailure;
  @Nullable RuntimeException renewalFailure;
  @Nullable RuntimeException revocationFailure;

  /** Whether what is read is leased. */
  boolean leases = true;

  /** Whether every lease brings the same value. */
  boolean sameValue;

  /** Grants the next lease, and then loses the answer. */
  boolean losesAnswers;

  /** What happens while the answer of the next read, which was granted, is on its way. */
  Runnable onTheWay = () -> {};

  /** Whose token each read is made with. */
  Tokens tokens = new NamedTokens();

  /** What a renewal answers in place of what it granted. */
  @Nullable Renewal oddRenewal;

  LeasingBackend(TimeSource time) {
    this.time = time;
  }

  /** The leases that live. */
  synchronized List<String> living() {
    return grants.entrySet().stream()
        .filter(entry -> time.now().isBefore(entry.getValue().expiresAt()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Ends a lease, as an operator would. */
  synchronized void end(String leaseId) {
    grants.remove(leaseId);
  }

  @Override
  public synchronized BackendRead read(String path, Optional<String> version) {
    reads++;
    Login.Token token = tokens.token();
    fail(failure);
    fail(readFailure);
    if (!leases) {
      return new BackendRead(FakeBackend.text("the same"), "", new Lifetime.Unleased());
    }
    String id = path + "/" + reads;
    Instant now = time.now();
    Duration life = lives.get();
    grants.put(id, new Grant(now, now.plus(life)));
    Runnable happening = onTheWay;
    onTheWay = () -> {};
    happening.run();
    if (losesAnswers) {
      throw SecretException.of(Reason.UNAVAILABLE, "the answer was lost");
    }
    return new BackendRead(
            FakeBackend.text(sameValue ? "the same" : "value " + reads),
            "",
            new Lifetime.Leased(now, now.plus(life), true),
            id)
        .madeWith(token);
  }

  /** Grants a lease to whoever asked and went away. */
  synchronized String grantLate(String path) {
    String id = path + "/late-" + grants.size();
    grants.put(id, new Grant(time.now(), time.now().plus(lives.get())));
    return id;
  }

  @Override
  public Duration callLimit() {
    return callLimit;
  }

  @Override
  public boolean ordersVersions() {
    return false;
  }

  @Override
  public boolean mayLease(String path) {
    return leases;
  }

  @Override
  public synchronized Renewal renew(String leaseId, Duration wished) {
    renewals++;
    fail(failure);
    fail(renewalFailure);
    Grant grant = grants.get(leaseId);
    Instant now = time.now();
    if (grant == null || !now.isBefore(grant.expiresAt())) {
      throw SecretException.of(Reason.NOT_FOUND, "lease not found");
    }
    Instant wanted = now.plus(wished);
    Instant last = grant.issuedAt().plus(longest);
    Instant end = wanted.isBefore(last) ? wanted : last;
    if (oddRenewal != null) {
      return oddRenewal;
    }
    grants.put(leaseId, new Grant(grant.issuedAt(), end));
    return new Renewal(end, true);
  }

  @Override
  public synchronized void revoke(String leaseId) {
    revocations++;
    fail(failure);
    fail(revocationFailure);
    grants.remove(leaseId);
  }

  @Override
  public synchronized List<KnownLease> leases(String path) {
    fail(failure);
    return grants.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(path))
        .map(
            entry ->
                new KnownLease(
                    entry.getKey(), entry.getValue().issuedAt(), entry.getValue().expiresAt()))
        .toList();
  }

  private static void fail(@Nullable RuntimeException why) {
    if (why != null) {
      throw why;
    }
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("leasing");
  }
}
