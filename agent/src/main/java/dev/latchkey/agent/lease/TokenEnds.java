package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Tells when tokens end, so that whoever was given something under one learns when it goes: the
 * rows of the ledger, which the next start reads, and then the ledger itself. In the keeper's
 * mailbox; blocks.
 */
final class TokenEnds {

  private final TokenContext context;
  private final BiConsumer<String, Instant> ledger;

  TokenEnds(TokenContext context, BiConsumer<String, Instant> ledger) {
    this.context = context;
    this.ledger = ledger;
  }

  /** Keeps the end of {@code token} in a transaction that is under way. */
  void keep(Transaction transaction, Token token) {
    TokenTimes.end(token)
        .filter(at -> hasName(token))
        .ifPresent(at -> context.leases().parentEnds(transaction, token.accessor(), at));
  }

  /** Tells the ledger the end that was kept. */
  void tell(Token token) {
    TokenTimes.end(token)
        .filter(at -> hasName(token))
        .ifPresent(at -> ledger.accept(token.accessor(), at));
  }

  /** Keeps and tells that {@code token} ends at {@code at}. */
  void end(Token token, Optional<Instant> at) {
    at.filter(end -> hasName(token)).ifPresent(end -> end(token.accessor(), end));
  }

  /** The ledger keeps it too, so that a store that cannot be written is no reason not to tell. */
  private void end(String accessor, Instant at) {
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
