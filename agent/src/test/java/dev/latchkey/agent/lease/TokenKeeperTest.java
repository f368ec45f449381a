package dev.latchkey.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
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
  private final List<AgentEvent> events = new ArrayList<>();
  private final Map<String, Instant> ended = new HashMap<>();
  private TokenKeeper keeper = keeper();

  private TokenKeeper keeper() {
    return new TokenKeeper(
        "vault",
        login,
        store,
        new InMemoryTransactions(),
        time,
        time,
        new SplittableRandom(1),
        Runnable::run,
        events::add,
        ended::put);
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

  private static final class MapStore implements TokenStore {

    private final Map<String, Login.Token> tokens = new HashMap<>();

    @Override
    public void keep(Transaction transaction, String backend, Login.Token token) {
      tokens.put(backend, token);
    }

    @Override
    public Optional<Login.Token> find(Transaction transaction, String backend) {
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
    int revocations;
    @Nullable SecretException failure;

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
      return good.contains(token.accessor()) ? Optional.of(token) : Optional.empty();
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
