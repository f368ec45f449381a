package dev.latchkey.agent.consumer;

import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The holdings in memory. Safe for use by several threads; {@link #has} takes no lock and allocates
 * nothing.
 */
final class HeldVersions {

  private static final Map<Holder, Holding> NOBODY = Map.of();

  private final ConcurrentHashMap<SecretName, ConcurrentHashMap<Holder, Holding>> bySecret =
      new ConcurrentHashMap<>();

  /**
   * Whether a delivery of {@code version} would change nothing. One of a version older than what
   * was acknowledged would: it takes the acknowledgement back.
   */
  boolean has(Holder holder, SecretName secret, long version) {
    Holding holding = holders(secret).get(holder);
    return holding != null && holding.version() >= version && holding.acknowledged() <= version;
  }

  /** The newest version that was delivered to anybody; 0 for none. */
  long newest(SecretName secret) {
    return holders(secret).values().stream().mapToLong(Holding::version).max().orElse(0);
  }

  private Map<Holder, Holding> holders(SecretName secret) {
    Map<Holder, Holding> holdings = bySecret.get(secret);
    return holdings == null ? NOBODY : holdings;
  }

  /** What {@code holder} will hold once {@code version} was delivered to it. */
  Holding next(Holder holder, SecretName secret, long version, String identity) {
    Holding before = holders(secret).get(holder);
    long acknowledged = before == null ? version : before.acknowledged();
    return new Holding(holder, secret, version, acknowledged, identity);
  }

  void delivered(Holding holding) {
    bySecret
        .computeIfAbsent(holding.secret(), secret -> new ConcurrentHashMap<>())
        .merge(holding.holder(), holding, HeldVersions::afterDelivery);
  }

  /**
   * A delivery never raises what was acknowledged; one that comes late and is older takes it back.
   */
  private static Holding afterDelivery(Holding before, Holding delivered) {
    return before.version() < delivered.version()
        ? with(delivered, delivered.version(), before.acknowledged())
        : with(before, before.version(), Math.min(before.acknowledged(), delivered.version()));
  }

  void acknowledged(SecretName secret, Holder holder, long version) {
    ConcurrentHashMap<Holder, Holding> holdings = bySecret.get(secret);
    if (holdings != null) {
      holdings.computeIfPresent(
          holder,
          (same, before) ->
              with(before, before.version(), Math.max(before.acknowledged(), version)));
    }
  }

  private static Holding with(Holding holding, long version, long acknowledged) {
    return new Holding(
        holding.holder(), holding.secret(), version, acknowledged, holding.identity());
  }

  List<Holding> of(SecretName secret) {
    return List.copyOf(holders(secret).values());
  }

  /** What a subscription holds of a secret. */
  Optional<Holding> of(SecretName secret, String subscriptionId) {
    Map<Holder, Holding> holdings = holders(secret);
    return Optional.ofNullable(holdings.get(new Holder(Holder.Kind.WATCH, subscriptionId, true)))
        .or(
            () ->
                Optional.ofNullable(
                    holdings.get(new Holder(Holder.Kind.WATCH, subscriptionId, false))));
  }

  /** Forgets older holdings; answers the ids of those that hold nothing of the secret any more. */
  List<String> forgetBefore(SecretName secret, long version) {
    List<String> gone = new ArrayList<>();
    holders(secret)
        .values()
        .removeIf(
            holding -> {
              boolean older = holding.version() < version;
              if (older) {
                gone.add(holding.holder().id());
              }
              return older;
            });
    return gone;
  }
}
