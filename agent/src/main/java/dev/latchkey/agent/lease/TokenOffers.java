package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.FileLogin;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Duration;
import java.util.Optional;

/**
 * Notices that somebody provides another token. A text counts when it stood there at two looks one
 * after the other, since it may be half written; one that was refused is tried again with backoff,
 * and at once when it changes. In the keeper's mailbox.
 */
final class TokenOffers {

  /** How often to look. */
  static final Duration PACE = Duration.ofSeconds(2);

  /** The key for a token that is offered and cannot be taken. */
  static final String OFFER = "offer";

  private final Optional<FileLogin> files;
  private final LeaseTroubles troubles;
  private Optional<SecretValue> before = Optional.empty();

  TokenOffers(Login login, LeaseTroubles troubles) {
    this.files = login instanceof FileLogin watched ? Optional.of(watched) : Optional.empty();
    this.troubles = troubles;
  }

  /** Whether another token than {@code held} is offered just now. */
  boolean isAnother(Token held) {
    return offered().filter(text -> !text.equals(held.value())).isPresent();
  }

  private Optional<SecretValue> offered() {
    return files.flatMap(FileLogin::offered);
  }

  /** Whether another token than {@code held} is offered, and worth a try now. */
  boolean isNews(Optional<Token> held) {
    Optional<SecretValue> now = offered();
    boolean stood = now.isPresent() && now.equals(before);
    boolean another =
        now.filter(text -> held.filter(token -> token.value().equals(text)).isEmpty()).isPresent();
    if (!another || !stood) {
      troubles.over(OFFER);
    }
    before = now;
    return another && stood && troubles.mayTry(OFFER);
  }
}
