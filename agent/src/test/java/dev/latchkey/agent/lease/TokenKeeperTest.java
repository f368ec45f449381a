package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.FileLogin;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenKeeperTest {

  private static final Duration LIFE = Duration.ofMinutes(10);

  private final FakeTime time = new FakeTime();
  private final FakeLogin login = new FakeLogin();
  private final MapStore store = new MapStore();
  private final InMemoryLeaseStore leases = new InMemoryLeaseStore();
  private final List<AgentEvent> events = new ArrayList<>();
  private final Map<String, Instant> ended = new HashMap<>();
  private TokenKeeper keeper = keeper();

  private TokenKeeper keeper() {
    return keeper("here as app", login);
  }

  private TokenKeeper keeper(String boundTo, Login way) {
    return new TokenKeeper(
        "vault",
        way,
        boundTo,
        new TokenContext(
            store,
            leases,
            new InMemoryTransactions(),
            time,
            time,
            new SplittableRandom(1),
            Runnable::run,
            events::add),
        (accessor, at) ->
            at.ifPresentOrElse(end -> ended.put(accessor, end), () -> ended.remove(accessor)));
  }

  @Test
  void logsInOnceForAnyNumberOfCalls() {
    keeper.start();
    Login.Token first = keeper.token();
    assertThat(keeper.token()).isEqualTo(first);
    assertThat(login.logins).isEqualTo(1);
  }

  @Test
  void renewsAtTwoThirdsOfTheLifeAndNeverLogsInAgainWhileThatWorks() {
    keeper.start();
    String accessor = keeper.token().accessor();
    time.advance(Duration.ofHours(24));
    assertThat(keeper.token().accessor()).isEqualTo(accessor);
    assertThat(login.logins).isEqualTo(1);
    assertThat(login.renewals).isBetween(200, 300);
    assertThat(ended).isEmpty();
  }

  @Test
  void logsInAgainBeforeTheLastEndAndSaysWhenTheOldTokenEnds() {
    login.longest = Duration.ofHours(1);
    keeper.start();
    Login.Token first = keeper.token();
    time.advance(Duration.ofMinutes(59));
    assertThat(keeper.token().accessor()).isNotEqualTo(first.accessor());
    assertThat(login.logins).isEqualTo(2);
    assertThat(ended).containsOnlyKeys(first.accessor());
    Instant end = ended.get(first.accessor());
    assertThat(Duration.between(keeper.token().issuedAt(), end))
        .isGreaterThanOrEqualTo(LIFE.dividedBy(3));
    assertThat(login.revocations).as("its children live on").isZero();
  }

  @Test
  void aTokenWithoutASuccessorIsToldToEndWhileItStillLives() {
    login.longest = Duration.ofHours(1);
    keeper.start();
    Login.Token first = keeper.token();
    time.advance(Duration.ofMinutes(54));
    login.failure = SecretException.of(Reason.BACKEND_REFUSED, "the role is gone");
    time.advance(Duration.ofMinutes(4));
    assertThat(keeper.held()).as("it lives").isPresent();
    assertThat(ended).containsEntry(first.accessor(), first.endsAt().orElseThrow());
  }

  @Test
  void whatWasToldOfAnOutageIsTakenBackByTheRenewalAfterIt() {
    keeper.start();
    Login.Token first = keeper.token();
    login.failure = SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
    time.advance(LIFE.minusSeconds(30));
    assertThat(ended).containsEntry(first.accessor(), first.expiresAt().orElseThrow());
    login.failure = null;
    keeper.retry();
    assertThat(keeper.token().accessor()).isEqualTo(first.accessor());
    assertThat(ended).containsEntry(first.accessor(), first.endsAt().orElseThrow());
  }

  @Test
  void theEndOfAReplacedTokenIsKeptWithItsSuccessorInTheRowsMadeUnderIt() {
    login.longest = Duration.ofHours(1);
    keeper.start();
    Login.Token first = keeper.token();
    leases.save(new Transaction() {}, row(first.accessor()));
    time.advance(Duration.ofMinutes(59));
    assertThat(leases.all(new Transaction() {}))
        .extracting(Lease::parentEndsAt)
        .containsExactly(Optional.ofNullable(ended.get(first.accessor())));
  }

  private Lease row(String parent) {
    Instant now = time.now();
    return new Lease(
        "row",
        new SecretName("orders-db"),
        "vault",
        "database/creds/orders",
        "database/creds/orders/1",
        Lease.Stage.HELD,
        1,
        parent,
        Optional.empty(),
        now,
        now.plus(Duration.ofDays(1)),
        Duration.ofDays(1),
        true,
        Optional.empty());
  }

  @Test
  void aClockThatGoesBackAnHourHasTheTokenRenewedAtOnce() {
    keeper.start();
    var _ = keeper.token();
    time.jump(Duration.ofHours(-1));
    keeper.planAgain();
    assertThat(login.renewals).isEqualTo(1);
    assertThat(keeper.token().issuedAt()).isEqualTo(time.now());
  }

  @Test
  void aRestartNeedsNoSecondLogin() {
    keeper.start();
    Login.Token first = keeper.token();
    time.drop();
    keeper = keeper();
    keeper.start();
    assertThat(keeper.token()).isEqualTo(first);
    assertThat(login.logins).isEqualTo(1);
  }

  @Test
  void aTokenThatEndedWhileTheAgentWasDownIsReplaced() {
    keeper.start();
    Login.Token first = keeper.token();
    time.drop();
    time.advance(LIFE.plusSeconds(1));
    keeper = keeper();
    keeper.start();
    assertThat(keeper.token().accessor()).isNotEqualTo(first.accessor());
  }

  @Test
  void aRevokedTokenIsReplacedWhenTheManagerRefusesIt() {
    keeper.start();
    Login.Token used = keeper.token();
    login.good.remove(used.accessor());
    assertThat(keeper.refused(used)).isTrue();
    assertThat(keeper.token().accessor()).isNotEqualTo(used.accessor());
    assertThat(keeper.refused(used)).as("a late refusal of the old one").isTrue();
    assertThat(login.logins).isEqualTo(2);
  }

  @Test
  void aManagerThatLetsNoTokenLookAtItselfShowsNoneToBeGone() {
    keeper.start();
    Login.Token first = keeper.token();
    login.hidesTokens = true;
    for (int i = 0; i < 20; i++) {
      Login.Token used = keeper.token();
      var _ = keeper.refused(used);
      time.advance(Duration.ofSeconds(10));
    }
    assertThat(login.logins).as("no loop of logins").isEqualTo(2);
    assertThat(ended).containsEntry(first.accessor(), first.expiresAt().orElseThrow());
  }

  @Test
  void aRefusalOfAGoodTokenIsNoReasonToLogInAndIsNotLookedUpEachTime() {
    keeper.start();
    Login.Token used = keeper.token();
    for (int i = 0; i < 100; i++) {
      assertThat(keeper.refused(used)).isFalse();
    }
    assertThat(login.logins).isEqualTo(1);
    assertThat(login.lookups).isEqualTo(1);
  }

  @Test
  void aLoginThatFailsIsTriedAgainWithBackoffAndSaysWhy() {
    login.failure = SecretException.of(Reason.BACKEND_REFUSED, "the role is unknown");
    keeper.start();
    for (int i = 0; i < 600; i++) {
      assertThatThrownBy(keeper::token)
          .isInstanceOfSatisfying(
              SecretException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.BACKEND_REFUSED));
      time.advance(Duration.ofMillis(100));
    }
    assertThat(login.logins).isBetween(1, 20);
    assertThat(events).hasSize(1);
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.UNHEALTHY);
    login.failure = null;
    time.advance(Duration.ofMinutes(5));
    assertThat(keeper.token().value()).isNotNull();
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
  }

  @Test
  void anOutageOfARenewalIsSatOut() {
    keeper.start();
    String accessor = keeper.token().accessor();
    login.failure = SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
    time.advance(Duration.ofMinutes(8));
    assertThat(keeper.token().accessor()).isEqualTo(accessor);
    login.failure = null;
    time.advance(Duration.ofMinutes(1));
    time.advance(Duration.ofHours(1));
    assertThat(keeper.token().accessor()).isEqualTo(accessor);
    assertThat(login.logins).isEqualTo(1);
  }

  @Test
  void anotherServerOrIdentityLogsInAnewAndTheTokenBeforeIsLeftToEnd() {
    keeper.start();
    Login.Token first = keeper.token();
    time.drop();
    keeper = keeper("elsewhere as app", login);
    keeper.start();
    assertThat(keeper.held()).isEmpty();
    assertThat(ended).containsEntry(first.accessor(), first.expiresAt().orElseThrow());
    assertThat(keeper.token().accessor()).isNotEqualTo(first.accessor());
    assertThat(login.revocations).isZero();
    time.drop();
    keeper = keeper("elsewhere as app", login);
    keeper.start();
    assertThat(keeper.held()).as("kept for the new one").isPresent();
  }

  @Test
  void theEndOfAnOutageMakesALoginBeTriedAtOnce() {
    login.failure = SecretException.of(Reason.UNAVAILABLE, "the manager cannot be reached");
    keeper.start();
    for (int i = 0; i < 600; i++) {
      assertThatThrownBy(keeper::token).isInstanceOf(SecretException.class);
      time.advance(Duration.ofSeconds(1));
    }
    assertThatThrownBy(keeper::token).isInstanceOf(SecretException.class);
    login.failure = null;
    keeper.retry();
    assertThat(keeper.token().accessor()).isNotEmpty();
  }

  /** Lets time pass until the first renewal was tried. */
  private void untilTheFirstRenewal() {
    var _ = keeper.token();
    for (long left = LIFE.toSeconds(); left > 0 && login.renewals == 0; left--) {
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(login.renewals).isEqualTo(1);
  }

  @Test
  void theEndOfAnOutageMakesARenewalBeTriedAtOnce() {
    keeper.start();
    var _ = keeper.token();
    login.failure =
        SecretException.retryable(
            Reason.UNAVAILABLE, "the manager cannot be reached", Duration.ofSeconds(15));
    untilTheFirstRenewal();
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    login.failure = null;
    keeper.retry();
    assertThat(login.renewals).isEqualTo(2);
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
  }

  @Test
  void theManagersWaitIsKeptAndTheEndOfAnOutageDoesNotCutItShort() {
    keeper.start();
    var _ = keeper.token();
    Duration asked = Duration.ofSeconds(15);
    login.failure = SecretException.retryable(Reason.LIMIT_EXCEEDED, "too many calls", asked);
    untilTheFirstRenewal();
    keeper.retry();
    time.advance(asked.minusSeconds(1));
    assertThat(login.renewals).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(login.renewals).isEqualTo(2);
  }

  @Test
  void theEndOfAnOutageIsNoReasonToAskAgainAfterARefusal() {
    login.failure = SecretException.of(Reason.BACKEND_REFUSED, "the role is unknown");
    keeper.start();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(keeper::token).isInstanceOf(SecretException.class);
      keeper.retry();
    }
    assertThat(login.logins).isEqualTo(1);
  }

  @Test
  void aTokenThatWasKeptBeforeItWasNotedWhatForIsTakenUp() {
    keeper.start();
    Login.Token first = keeper.token();
    store.keep(new Transaction() {}, "vault", "", first);
    time.drop();
    keeper = keeper();
    keeper.start();
    assertThat(keeper.token()).isEqualTo(first);
  }

  @Test
  void anotherTokenInTheFileIsTakenWithinSecondsAndWithoutARefusal() {
    FileFakeLogin file = new FileFakeLogin();
    file.offer("one");
    keeper = keeper("file", file);
    keeper.start();
    Login.Token before = keeper.token();
    file.offer("two");
    time.advance(Duration.ofSeconds(5));
    assertThat(keeper.held().map(Login.Token::value)).contains(SecretValue.ofText("two"));
    assertThat(login.lookups).isZero();
    assertThat(ended).containsKey(before.accessor());
    file.text = Optional.empty();
    time.advance(Duration.ofMinutes(1));
    assertThat(keeper.held().map(Login.Token::value))
        .as("a file that vanished takes nothing away")
        .contains(SecretValue.ofText("two"));
    assertThat(file.logins).isEqualTo(2);
    keeper.close();
    assertThat(time.pending()).isZero();
  }

  @Test
  void aTokenThatIsHalfWrittenIsNotTriedAndOneThatIsRefusedIsTriedWithBackoff() {
    FileFakeLogin file = new FileFakeLogin();
    file.offer("one");
    keeper = keeper("file", file);
    keeper.start();
    var _ = keeper.token();
    file.text = Optional.of(SecretValue.ofText("tw"));
    time.advance(Duration.ofSeconds(3));
    file.offer("two");
    time.advance(Duration.ofSeconds(5));
    assertThat(keeper.held().map(Login.Token::value)).contains(SecretValue.ofText("two"));
    assertThat(file.logins).as("the half was not tried").isEqualTo(2);
    file.text = Optional.of(SecretValue.ofText("wrong"));
    time.advance(Duration.ofMinutes(1));
    assertThat(file.logins).isBetween(3, 12);
    assertThat(keeper.held().map(Login.Token::value)).contains(SecretValue.ofText("two"));
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.DEGRADED);
    assertThat(events).filteredOn(AgentEvent.LoginFailed.class::isInstance).hasSize(1);
    file.offer("three");
    time.advance(Duration.ofSeconds(5));
    assertThat(keeper.held().map(Login.Token::value)).contains(SecretValue.ofText("three"));
    assertThat(keeper.health().level()).isEqualTo(ComponentHealth.Level.HEALTHY);
  }

  @Test
  void aTokenThatWasExchangedWhileTheAgentWasDownIsNotTakenUp() {
    FileFakeLogin file = new FileFakeLogin();
    file.offer("one");
    keeper = keeper("file", file);
    keeper.start();
    var _ = keeper.token();
    time.drop();
    file.offer("two");
    keeper = keeper("file", file);
    keeper.start();
    assertThat(keeper.token().value()).isEqualTo(SecretValue.ofText("two"));
  }

  @Test
  void renewalsThatGoOnFailingAreNotWaitedForUntilTheTokenEnds() {
    keeper.start();
    Login.Token first = keeper.token();
    login.renewalFailure = SecretException.of(Reason.UNAVAILABLE, "Vault renews the token for 0 s");
    time.advance(LIFE.minusSeconds(30));
    assertThat(keeper.token().accessor()).isNotEqualTo(first.accessor());
    assertThat(Duration.between(keeper.token().issuedAt(), first.expiresAt().orElseThrow()))
        .as("left for what was leased under it")
        .isGreaterThanOrEqualTo(LIFE.dividedBy(8));
  }

  @Test
  void aRenewalThatFailsOrIsRefusedMakesAtMostTwentyRequestsInAMinute() {
    for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.BACKEND_REFUSED)) {
      keeper.start();
      var _ = keeper.token();
      time.advance(LIFE.multipliedBy(3).dividedBy(5));
      login.renewalFailure = SecretException.of(reason, "odd");
      login.failure = null;
      int before = login.logins + login.renewals + login.lookups;
      time.advance(Duration.ofMinutes(1));
      assertThat(login.logins + login.renewals + login.lookups - before).isLessThanOrEqualTo(20);
      time.drop();
      store.tokens.clear();
      login.renewalFailure = null;
      keeper = keeper();
    }
  }

  /** A file that somebody else keeps a token in. */
  private final class FileFakeLogin implements Login, FileLogin {

    private final Set<SecretValue> good = new HashSet<>();
    private Optional<SecretValue> text = Optional.empty();
    private int logins;

    void offer(String token) {
      text = Optional.of(SecretValue.ofText(token));
      good.add(SecretValue.ofText(token));
    }

    @Override
    public String kind() {
      return "file";
    }

    @Override
    public Token login() {
      logins++;
      SecretValue token =
          text.orElseThrow(() -> SecretException.of(Reason.NOT_POSSIBLE_NOW, "no file"));
      if (!good.contains(token)) {
        throw SecretException.of(Reason.BACKEND_REFUSED, "Vault does not know the token");
      }
      Instant now = time.now();
      Instant end = now.plus(Duration.ofHours(1));
      return new Token(
          token,
          "accessor-" + logins,
          now,
          Optional.of(end),
          Optional.empty(),
          Duration.ofHours(1),
          true);
    }

    @Override
    public Token renew(Token token) {
      return token;
    }

    @Override
    public Optional<Token> lookup(Token token) {
      return Optional.of(token);
    }

    @Override
    public void revoke(Token token) {}

    @Override
    public boolean hasFiles() {
      return true;
    }

    @Override
    public Optional<SecretValue> offered() {
      return text;
    }

    @Override
    public void tidy() {}
  }

  private static final class MapStore implements TokenStore {

    private final Map<String, Kept> tokens = new HashMap<>();

    @Override
    public void keep(Transaction transaction, String backend, String boundTo, Login.Token token) {
      tokens.put(backend, new Kept(boundTo, token));
    }

    @Override
    public Optional<Kept> find(Transaction transaction, String backend) {
      return Optional.ofNullable(tokens.get(backend));
    }

    @Override
    public void forget(Transaction transaction, String backend) {
      tokens.remove(backend);
    }
  }

  private final class FakeLogin implements Login {

    final Set<String> good = new HashSet<>();
    Duration longest = Duration.ofDays(3650);
    int logins;
    int renewals;
    int lookups;
    boolean hidesTokens;
    int revocations;
    @Nullable SecretException failure;
    @Nullable SecretException renewalFailure;

    @Override
    public String kind() {
      return "fake";
    }

    @Override
    public Token login() {
      logins++;
      fail();
      String accessor = "accessor-" + logins;
      good.add(accessor);
      Instant now = time.now();
      return new Token(
          SecretValue.ofText("token-" + logins),
          accessor,
          now,
          Optional.of(now.plus(LIFE)),
          Optional.of(now.plus(longest)),
          LIFE,
          true);
    }

    @Override
    public Token renew(Token token) {
      renewals++;
      fail();
      if (renewalFailure != null) {
        throw renewalFailure;
      }
      Instant now = time.now();
      Instant last = token.endsAt().orElseThrow();
      Instant end = now.plus(LIFE).isBefore(last) ? now.plus(LIFE) : last;
      return new Token(
          token.value(),
          token.accessor(),
          now,
          Optional.of(end),
          token.endsAt(),
          LIFE,
          end.isBefore(last));
    }

    @Override
    public Optional<Token> lookup(Token token) {
      lookups++;
      fail();
      return good.contains(token.accessor()) && !hidesTokens
          ? Optional.of(token)
          : Optional.empty();
    }

    @Override
    public void revoke(Token token) {
      revocations++;
    }

    private void fail() {
      if (failure != null) {
        throw failure;
      }
    }
  }
}
