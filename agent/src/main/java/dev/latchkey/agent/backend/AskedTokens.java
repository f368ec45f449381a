package dev.latchkey.agent.backend;

import dev.latchkey.agent.backend.OneTimeStore.Opened;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.Transaction;
import java.nio.file.Path;

/**
 * Remembers, over restarts too, which wrapping token of each file the agent asked to be opened
 * without an answer: so that its own lost answer is not taken for somebody else's opening. Safe for
 * use by several threads; blocks.
 */
public final class AskedTokens {

  private final String backend;
  private final OneTimeStore store;
  private final Transaction.Runner transactions;

  /** Remembers what the store keeps for the tokens of {@code backend}. */
  public AskedTokens(String backend, OneTimeStore store, Transaction.Runner transactions) {
    this.backend = backend;
    this.store = store;
    this.transactions = transactions;
  }

  /** Whether the token called {@code mark} was asked to be opened, and no answer came. */
  public boolean isUnanswered(Path file, String mark) {
    return transactions
        .call(transaction -> store.find(transaction, place(file)))
        .filter(asked -> asked.boundTo().equals(mark) && !asked.used())
        .isPresent();
  }

  /** Notes that the token is about to be asked to be opened. */
  public void asking(Path file, String mark) {
    note(file, mark, false);
  }

  /** Notes that the manager told what became of it, or was certainly not asked. */
  public void answered(Path file, String mark) {
    note(file, mark, true);
  }

  /** The mark stands for the token and tells nothing of it. */
  private void note(Path file, String mark, boolean answered) {
    SecretValue text = SecretValue.ofText(mark);
    Opened asked = new Opened(mark, text, text, answered);
    transactions.run(transaction -> store.keep(transaction, place(file), asked));
  }

  private String place(Path file) {
    return backend + " unwrap_file " + file;
  }
}
