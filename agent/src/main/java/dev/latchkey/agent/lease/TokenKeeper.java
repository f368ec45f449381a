package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Login.Token;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.Health;
import dev.latchkey.agent.schedule.RenewalSchedule.Step;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.Answers;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agent's token at one secret manager: logs in once, renews at two thirds of its life,
 * logs in again before its last end, and keeps it sealed over a restart.
 *
 * <p>A token that is replaced is left to end by itself, so that what was leased under it lives
 * until it has a successor. Safe for use by several threads.
 */
public final class TokenKeeper implements Tokens, Health, AutoCloseable {

  private static final Duration CONFIRMED = Duration.ofSeconds(5);
  private static final String LOGIN = "login";
  private static final String RENEWAL = "renewal";

  private final String backend;
  private final Login login;
  private final TokenStore store;
  private final Transaction.Runner transactions;
  private final TimeSource time;
  private final Timers timers;
  private final EventSink events;
  private final BiConsumer<String, Instant> ending;
  private final LeaseTroubles troubles;
  private final Mailbox mailbox;
  private volatile @Nullable Token current;
  private volatile boolean closed;
  private long confirmedAtNanos;
  private boolean confirmed;
  private Timers.@Nullable Timer timer;

  /**
   * Has no token until {@link #start}.
   *
   * @param backend the name of the configured backend
   * @param ending is told the accessor of a token that is not renewed any more, and when it ends
   */
  public TokenKeeper(
      String backend,
      Login login,
      TokenStore store,
      Transaction.Runner transactions,
      TimeSource time,
      Timers timers,
      RandomGenerator random,
      Executor executor,
      EventSink events,
      BiConsumer<String, Instant> ending) {
    this.backend = backend;
    this.login = login;
    this.store = store;
    this.transactions = transactions;
    this.time = time;
    this.timers = timers;
    this.events = events;
    this.ending = ending;
    this.troubles = new LeaseTroubles(time, random);
    this.mailbox = new Mailbox(executor);
  }

  /** Takes up the token that the store keeps; a login comes with the first call that needs one. */
  public void start() {
    Optional<Token> kept = transactions.call(transaction -> store.find(transaction, backend));
    current = kept.filter(this::lives).orElse(null);
    kept.filter(token -> !lives(token)).ifPresent(token -> ended(token, TokenTimes.end(token)));
    mailbox.post(this::turn);
  }

  private boolean lives(Token token) {
    return TokenTimes.lives(token, time.now());
  }

  /** Whoever was given something under the token learns when it goes. */
  private void ended(Token token, Optional<Instant> at) {
    if (!token.accessor().isEmpty()) {
      at.ifPresent(end -> ending.accept(token.accessor(), end));
    }
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
    if (confirmed && time.nanoTime() - confirmedAtNanos < CONFIRMED.toNanos()) {
      return false;
    }
    if (login.lookup(used).isPresent()) {
      confirmed = true;
      confirmedAtNanos = time.nanoTime();
      return false;
    }
    current = null;
    ended(used, Optional.of(time.now()));
    var _ = obtained();
    return true;
  }

  private Token obtained() {
    Token held = current;
    if (held != null && lives(held)) {
      return held;
    }
    troubles.check(LOGIN);
    return loggedIn();
  }

  private Token loggedIn() {
    try {
      Token fresh = login.login();
      adopt(fresh);
      troubles.over(LOGIN);
      return fresh;
    } catch (SecretException failure) {
      if (troubles.why(LOGIN).isEmpty()) {
        events.emit(new AgentEvent.LoginFailed(backend, failure.safeMessage()));
      }
      troubles.failed(LOGIN, failure);
      throw failure;
    }
  }

  private void adopt(Token token) {
    Token before = current;
    transactions.run(transaction -> store.keep(transaction, backend, token));
    current = token;
    confirmed = false;
    if (before != null && !before.value().equals(token.value())) {
      ended(before, TokenTimes.end(before));
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
    try {
      keep(held);
    } catch (SecretException failure) {
      troubles.failed(RENEWAL, failure);
    } catch (RuntimeException failure) {
      troubles.failed(
          RENEWAL, SecretException.of(Reason.INTERNAL, "the token could not be renewed", failure));
    }
    rearm();
  }

  private void keep(Token held) {
    Optional<Step> step = TokenTimes.next(held);
    if (step.isEmpty()
        || time.now().isBefore(step.get().at())
        || !troubles.mayTry(RENEWAL)
        || !troubles.mayTry(LOGIN)) {
      return;
    }
    switch (step.get()) {
      case Step.Renew renew -> renew(held);
      case Step.Replace replace -> replace(held);
    }
  }

  private void renew(Token held) {
    try {
      adopt(login.renew(held));
      troubles.over(RENEWAL);
    } catch (SecretException failure) {
      if (failure.reason() == Reason.UNAVAILABLE || failure.reason() == Reason.LIMIT_EXCEEDED) {
        throw failure;
      }
      replace(held);
    }
  }

  private void replace(Token held) {
    if (loggedIn().value().equals(held.value())) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the token that the agent was given ends soon and cannot be renewed; provide another"
              + " one");
    }
    troubles.over(RENEWAL);
  }

  private void rearm() {
    Token held = current;
    if (closed || held == null) {
      return;
    }
    TokenTimes.next(held)
        .ifPresent(
            step -> {
              Duration due = Duration.between(time.now(), step.at());
              Duration retry = longer(retryIn(RENEWAL), retryIn(LOGIN));
              timer = timers.schedule(longer(due, retry), () -> mailbox.post(this::turn));
            });
  }

  private Duration retryIn(String key) {
    return troubles.retryIn(key).orElse(Duration.ZERO);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Plans again after a jump of the wall clock. */
  public void planAgain() {
    mailbox.post(this::turn);
  }

  /** Unhealthy while there is no token, degraded while it cannot be renewed. */
  @Override
  public ComponentHealth health() {
    String name = "login " + backend;
    Optional<SecretException> failed = troubles.why(LOGIN);
    Token held = current;
    if (held == null || !lives(held)) {
      return failed
          .map(why -> ComponentHealth.unhealthy(name, why.safeMessage()))
          .orElseGet(() -> ComponentHealth.healthy(name));
    }
    return failed
        .or(() -> troubles.why(RENEWAL))
        .map(why -> ComponentHealth.degraded(name, why.safeMessage()))
        .orElseGet(() -> ComponentHealth.healthy(name));
  }

  /** Renews no more; the token stays, for the next start. */
  @Override
  public void close() {
    closed = true;
    mailbox.post(this::cancel);
  }
}
