package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells when tokens end, so that whoever was given something under one learns when it goes: the
 * rows of the ledger, which the next start reads, and then the ledger itself. In the keeper's
 * mailbox; blocks.
 */
final class TokenEnds {

  private final TokenContext context;
  private final BiConsumer<String, Optional<Instant>> ledger;
  private @Nullable Told told;

  TokenEnds(TokenContext context, BiConsumer<String, Optional<Instant>> ledger) {
    this.context = context;
    this.ledger = ledger;
  }

  /** Keeps the end of {@code token} in a transaction that is under way. */
  void keep(Transaction transaction, Token token) {
    TokenTimes.end(token)
        .filter(at -> hasName(token))
        .ifPresent(
            at -> context.leases().parentEnds(transaction, token.accessor(), Optional.of(at)));
  }

  /** Tells the ledger the end that was kept. */
  void tell(Token token) {
    TokenTimes.end(token)
        .filter(at -> hasName(token))
        .ifPresent(at -> ledger.accept(token.accessor(), Optional.of(at)));
  }

  /** Keeps and tells that {@code token} ends at {@code at}. */
  void end(Token token, Optional<Instant> at) {
    at.filter(end -> hasName(token)).ifPresent(end -> tell(token.accessor(), at));
  }

  /** A token was taken up, of which an earlier process may have told that it ends. */
  void takenUp(Token token) {
    told = new Told(token.accessor(), Optional.empty());
  }

  /** Tells, once for each end, that {@code token} has no successor in sight and is going to end. */
  void unreplaced(Token token) {
    Told now = new Told(token.accessor(), TokenTimes.end(token));
    if (!now.equals(told)) {
      end(token, now.at());
      told = now;
    }
  }

  /** Takes back what was told of a token that could be renewed after all. */
  void renewed(Token token) {
    Told before = told;
    if (before != null && before.accessor().equals(token.accessor()) && hasName(token)) {
      tell(token.accessor(), token.endsAt());
      told = null;
    }
  }

  private record Told(String accessor, Optional<Instant> at) {}

  /** The ledger keeps it too, so that a store that cannot be written is no reason not to tell. */
  private void tell(String accessor, Optional<Instant> at) {
    try {
      context
          .transactions()
          .run(transaction -> context.leases().parentEnds(transaction, accessor, at));
    } catch (SecretException notNow) {
      // The ledger is told all the same.
    }
    ledger.accept(accessor, at);
  }

  private static boolean hasName(Token token) {
    return !token.accessor().isEmpty();
  }
}
