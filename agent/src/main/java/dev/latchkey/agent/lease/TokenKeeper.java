package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.FileLogin;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.Answers;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agent's token at one secret manager: logs in once, renews at two thirds of its life,
 * logs in again before its last end, and keeps it sealed over a restart.
 *
 * <p>A token that is replaced is left to end by itself, so that what was leased under it lives
 * until it has a successor. A kept token is of use to the configuration alone that it was got by:
 * with another server or another identity the agent logs in anew. Safe for use by several threads.
 */
public final class TokenKeeper implements Tokens, Health, AutoCloseable {

  private static final Duration CONFIRMED = Duration.ofSeconds(5);
  private static final String LOGIN = "login";

  private final String backend;
  private final Login login;
  private final String boundTo;
  private final TokenContext context;
  private final TokenEnds ends;
  private final LeaseTroubles troubles;
  private final TokenRenewals renewals;
  private final TokenOffers offers;
  private final Mailbox mailbox;
  private volatile @Nullable Token current;
  private volatile boolean closed;
  private long confirmedAtNanos;
  private boolean confirmed;

  /** Whether the manager answers for no token, not even for one that it just gave. */
  private boolean hidesTokens;

  private Timers.@Nullable Timer timer;
  private Timers.@Nullable Timer watching;

  /**
   * Has no token until {@link #start}.
   *
   * @param backend the name of the configured backend
   * @param boundTo says where the agent logs in and as whom; another text is another login. Holds
   *     no secret
   * @param ending is told the accessor of a token that is not renewed any more, and when it ends;
   *     and when it is renewed after all, its last end as far as that is known
   */
  public TokenKeeper(
      String backend,
      Login login,
      String boundTo,
      TokenContext context,
      BiConsumer<String, Optional<Instant>> ending) {
    this.backend = backend;
    this.login = login;
    this.boundTo = boundTo;
    this.context = context;
    this.ends = new TokenEnds(context, ending);
    this.troubles = new LeaseTroubles(context.time(), context.random());
    this.renewals = new TokenRenewals(login, context.time(), troubles);
    this.offers = new TokenOffers(login, troubles);
    this.mailbox = new Mailbox(context.executor());
  }

  /** Takes up the token that the store keeps; a login comes with the first call that needs one. */
  public void start() {
    Optional<TokenStore.Kept> kept =
        context.transactions().call(transaction -> context.store().find(transaction, backend));
    @Nullable Token takenUp = kept.filter(this::isOfUse).map(TokenStore.Kept::token).orElse(null);
    current = takenUp;
    if (takenUp != null) {
      ends.takenUp(takenUp);
    } else {
      kept.map(TokenStore.Kept::token).ifPresent(token -> ends.end(token, TokenTimes.end(token)));
    }
    mailbox.post(this::turn);
    lookLater();
  }

  /** One that was kept before it was noted what for is taken for this configuration's. */
  private boolean isOfUse(TokenStore.Kept kept) {
    boolean bound = kept.boundTo().isEmpty() || kept.boundTo().equals(boundTo);
    return bound && lives(kept.token()) && !offers.isAnother(kept.token());
  }

  private boolean lives(Token token) {
    return TokenTimes.lives(token, context.time().now());
  }

  @Override
  public Optional<Token> held() {
    return Optional.ofNullable(current).filter(this::lives);
  }

  @Override
  public Token token() {
    Token held = current;
    return held != null && lives(held) ? held : ask(this::obtained);
  }

  @Override
  public boolean refused(Token used) {
    return ask(() -> isReplaced(used));
  }

  /** A token that is still good was refused for what it may not do: that is no outage. */
  private boolean isReplaced(Token used) {
    Token held = current;
    if (held != null && !held.value().equals(used.value())) {
      return true;
    }
    if (confirmed && context.time().nanoTime() - confirmedAtNanos < CONFIRMED.toNanos()) {
      return false;
    }
    if (hidesTokens || login.lookup(used).isPresent()) {
      confirmed = true;
      confirmedAtNanos = context.time().nanoTime();
      return false;
    }
    troubles.check(LOGIN);
    Token fresh = loggedIn(LOGIN);
    hidesTokens = login.lookup(fresh).isEmpty();
    if (!hidesTokens) {
      ends.end(used, Optional.of(context.time().now()));
    }
    return true;
  }

  private Token obtained() {
    Token held = current;
    if (held != null && lives(held)) {
      return held;
    }
    troubles.check(LOGIN);
    return loggedIn(LOGIN);
  }

  /** Logs in; a failure is noted under {@code key}, and told the first time. */
  private Token loggedIn(String key) {
    try {
      Token fresh = login.login();
      adopt(fresh);
      troubles.over(LOGIN);
      troubles.over(key);
      return fresh;
    } catch (SecretException failure) {
      if (troubles.why(key).isEmpty()) {
        context.events().emit(new AgentEvent.LoginFailed(backend, failure.safeMessage()));
      }
      troubles.failed(key, failure);
      throw failure;
    }
  }

  private void adopt(Token token) {
    Optional<Token> before =
        Optional.ofNullable(current).filter(held -> !held.value().equals(token.value()));
    context
        .transactions()
        .run(
            transaction -> {
              context.store().keep(transaction, backend, boundTo, token);
              before.ifPresent(held -> ends.keep(transaction, held));
            });
    current = token;
    confirmed = false;
    before.ifPresent(ends::tell);
  }

  private void renewed(Token token) {
    adopt(token);
    ends.renewed(token);
  }

  /** What was leased under the token has to go by its end, whatever the next login brings. */
  private void unreplaced() {
    Token held = current;
    if (held != null) {
      ends.unreplaced(held);
    }
  }

  private <T> T ask(Supplier<T> work) {
    CompletableFuture<T> answer = mailbox.ask(work);
    mailbox.post(this::turn);
    return Answers.await(answer, "the login at " + backend);
  }

  private void turn() {
    cancel();
    Token held = current;
    if (closed || held == null) {
      return;
    }
    renewals.keep(held, this::renewed, () -> loggedIn(LOGIN), this::unreplaced);
    rearm();
  }

  private void rearm() {
    Token held = current;
    if (!closed && held != null) {
      renewals
          .nextIn(held)
          .ifPresent(
              wait -> timer = context.timers().schedule(wait, () -> mailbox.post(this::turn)));
    }
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void lookLater() {
    if (login instanceof FileLogin files && files.hasFiles() && !closed) {
      watching = context.timers().schedule(TokenOffers.PACE, () -> mailbox.post(() -> look(files)));
    }
  }

  /** Looks at the files of the login; a new token that stands there is taken at once. */
  private void look(FileLogin files) {
    if (closed) {
      return;
    }
    try {
      files.tidy();
      if (offers.isNews(held())) {
        var _ = loggedIn(TokenOffers.OFFER);
        troubles.over(TokenRenewals.RENEWAL);
        turn();
      }
    } catch (SecretException told) {
      // The token before is used on.
    } catch (RuntimeException failed) {
      troubles.failed(
          TokenOffers.OFFER,
          SecretException.of(Reason.INTERNAL, "the files of the login cannot be watched", failed));
    } finally {
      lookLater();
    }
  }

  /** Tries again at once what an outage failed that is over now. */
  public void retry() {
    mailbox.post(
        () -> {
          troubles.returned(Duration.ZERO);
          turn();
        });
  }

  /** Plans again after a jump of the wall clock. */
  public void planAgain() {
    mailbox.post(this::turn);
  }

  /** Unhealthy while there is no token, degraded while it cannot be renewed or exchanged. */
  @Override
  public ComponentHealth health() {
    String name = "login " + backend;
    Optional<SecretException> failed =
        troubles.why(LOGIN).or(() -> troubles.why(TokenOffers.OFFER));
    Token held = current;
    if (held == null || !lives(held)) {
      return failed
          .map(why -> ComponentHealth.unhealthy(name, why.safeMessage()))
          .orElseGet(() -> ComponentHealth.healthy(name));
    }
    return failed
        .or(() -> troubles.why(TokenRenewals.RENEWAL))
        .or(() -> troubles.why(TokenRenewals.REPLACEMENT))
        .map(why -> ComponentHealth.degraded(name, why.safeMessage()))
        .orElseGet(() -> ComponentHealth.healthy(name));
  }

  /** Renews no more; the token stays, for the next start. */
  @Override
  public void close() {
    closed = true;
    mailbox.post(
        () -> {
          cancel();
          if (watching != null) {
            watching.cancel();
          }
        });
  }
}
