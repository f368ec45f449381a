package dev.latchkey.agent.lease;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.Answers;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The ledger of leases: for each secret a mailbox that alone asks for, renews, replaces and
 * revokes.
 *
 * <p>An intent is kept before a lease is asked for, and the lease in the transaction that makes its
 * value current; so a restart takes up what was held and asks for nothing, and at most one lease
 * for each kill is unknown. Safe for use by several threads.
 */
public final class LeaseLedger implements Leases, Health, AutoCloseable {

  /** Over how long the leases that an outage failed are tried again. */
  public static final Duration SPREAD = Duration.ofMillis(800);

  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final LeaseContext context;
  private final RenewalSlots slots;
  private final ConcurrentHashMap<SecretName, SecretLeases> bySecret = new ConcurrentHashMap<>();
  private final Departure departure;

  /** When tokens end, as it was told before there were rows to tell it to. */
  private final ConcurrentHashMap<String, Optional<Instant>> early = new ConcurrentHashMap<>();

  private volatile boolean started;
  private volatile boolean departed;
  private volatile AutoCloseable acknowledgements = () -> {};

  /** Owns nothing until {@link #start}. */
  public LeaseLedger(LeaseContext context) {
    this.context = context;
    this.slots = new RenewalSlots(context.random());
    this.departure = new Departure(context, this::revokedOnExit);
  }

  /** Takes up every lease that the store keeps. Blocks; called once, before anything is read. */
  public void start() {
    List<Lease> kept = new LeaseJournal(context).all();
    kept.forEach(row -> of(row.secret()).takeUp(row));
    acknowledgements = context.holders().onAcknowledgement(this::acknowledged);
    started = true;
    early.forEach(this::tellOfEnd);
    early.clear();
    bySecret.values().forEach(SecretLeases::look);
  }

  private void acknowledged(SecretName secret) {
    SecretLeases leases = bySecret.get(secret);
    if (leases != null) {
      leases.look();
    }
  }

  private SecretLeases of(SecretName secret) {
    return bySecret.computeIfAbsent(
        secret, name -> new SecretLeases(name, context, slots, this::rows));
  }

  private List<Lease> rows() {
    return bySecret.values().stream().flatMap(leases -> leases.rows().all().stream()).toList();
  }

  @Override
  public boolean owns(SecretName secret) {
    SecretLeases leases = bySecret.get(secret);
    return leases != null && leases.rows().held().isPresent();
  }

  @Override
  public boolean mayLease(Declaration declaration) {
    return owns(declaration.name())
        || context
            .leasing(declaration.backend())
            .filter(leasing -> leasing.mayLease(declaration.path()))
            .isPresent();
  }

  @Override
  public SecretState obtain(Declaration declaration) {
    return Answers.await(
        of(declaration.name()).obtain(declaration), "the lease of " + declaration.name());
  }

  @Override
  public List<LeaseReport> list() {
    return bySecret.values().stream()
        .flatMap(leases -> leases.report().stream())
        .sorted(
            Comparator.comparing((LeaseReport report) -> report.lease().secret().text())
                .thenComparing(report -> report.lease().issuedAt()))
        .toList();
  }

  @Override
  public void revoke(String id, String actor) {
    SecretLeases owner =
        bySecret.values().stream()
            .filter(leases -> leases.rows().find(id).isPresent())
            .findFirst()
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_FOUND, "there is no lease " + id + "; see latchkey lease list"));
    var _ = Answers.await(owner.revoke(id, actor), "the end of the lease");
  }

  /**
   * Notes that the token called {@code accessor} ends at {@code at}, and its children with it;
   * empty while it is renewed.
   */
  public void parentEnds(String accessor, Optional<Instant> at) {
    if (!started) {
      early.put(accessor, at);
    }
    tellOfEnd(accessor, at);
  }

  private void tellOfEnd(String accessor, Optional<Instant> at) {
    bySecret.values().forEach(leases -> leases.parentEnds(accessor, at));
  }

  /** Plans everything again after a jump of the wall clock. */
  public void planAgain() {
    bySecret.values().forEach(SecretLeases::planAgain);
  }

  /** Tries again, spread over {@link #SPREAD}, what an outage failed that is over now. */
  public void retry() {
    bySecret.values().forEach(leases -> leases.retry(SPREAD));
  }

  /** How many leases are due in each second; for proving that they are spread. */
  RenewalSlots slots() {
    return slots;
  }

  /** Degraded while a lease cannot be renewed, replaced or revoked. */
  @Override
  public ComponentHealth health() {
    List<LeaseReport> troubled =
        list().stream().filter(report -> !report.trouble().isEmpty()).toList();
    return troubled.isEmpty()
        ? ComponentHealth.healthy("lease")
        : ComponentHealth.degraded(
            "lease",
            troubled.size()
                + " leases are in trouble, the first of "
                + troubled.getFirst().lease().secret()
                + ": "
                + troubled.getFirst().trouble());
  }

  private List<SecretName> revokedOnExit() {
    return bySecret.entrySet().stream()
        .filter(entry -> context.terms(entry.getKey()).revokedOnExit())
        .filter(entry -> !entry.getValue().rows().all().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Waits until nobody holds what {@link #close} is going to revoke, or until {@code cap} is over:
   * for when callers can still be seen to go. Blocks.
   */
  public void letGo(Duration cap, Predicate<Holder> isGone) {
    departed = true;
    departure.await(cap, isGone);
  }

  /**
   * Plans no more; revokes what is declared so, for at most ten seconds. Without {@link #letGo}, as
   * after a start that failed half-way, it waits as long for its holders, whom nobody sees go.
   */
  @Override
  public void close() throws Exception {
    if (!departed) {
      letGo(CLOSE, holder -> false);
    }
    acknowledgements.close();
    CompletableFuture<?>[] closing =
        bySecret.values().stream().map(SecretLeases::close).toArray(CompletableFuture[]::new);
    var _ =
        CompletableFuture.allOf(closing)
            .handle((done, failed) -> true)
            .completeOnTimeout(false, CLOSE.toSeconds(), TimeUnit.SECONDS)
            .join();
  }
}
