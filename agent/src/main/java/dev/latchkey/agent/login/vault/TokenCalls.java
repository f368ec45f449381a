package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server's calls for tokens. Times are the agent's own clock plus what the server says is left,
 * so that the clocks need not agree.
 */
final class TokenCalls {

  /** Longer lives are cut to this, so that every instant can be reckoned with. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  /** How soon an answer that cannot be is asked for again, at the earliest. */
  private static final Duration NOT_BELIEVED = Duration.ofSeconds(1);

  private static final String SELF = "auth/token/";

  private final VaultCalls calls;
  private final TimeSource time;

  TokenCalls(VaultCalls calls, TimeSource time) {
    this.calls = calls;
    this.time = time;
  }

  Instant now() {
    return time.now();
  }

  /** Logs in at {@code path}. */
  Login.Token login(String path, JsonObject credentials) {
    Instant askedAt = time.now();
    JsonObject answer = refusing(() -> calls.answer(path, Optional.of(credentials), none()));
    JsonObject auth = object(answer, "auth");
    String token = text(auth, "client_token");
    if (token.isEmpty()) {
      throw misshapen();
    }
    Duration life = granted(auth);
    if (life.isZero()) {
      // One without an end, or one that is over already: the server says which when it is asked.
      return given(SecretValue.ofText(token));
    }
    return new Login.Token(
        SecretValue.ofText(token),
        text(auth, "accessor"),
        askedAt,
        after(askedAt, life),
        Optional.empty(),
        life,
        flag(auth, "renewable"));
  }

  /** What the server knows of a token that was given to the agent. */
  Login.Token given(SecretValue token) {
    return lookup(token)
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.BACKEND_REFUSED,
                    "Vault does not know the token that was given; put another one there"));
  }

  /** What the server knows of a token; empty when it knows no such token. */
  Optional<Login.Token> lookup(SecretValue token) {
    Instant askedAt = time.now();
    try {
      JsonObject answer = calls.answer(SELF + "lookup-self", Optional.empty(), Optional.of(token));
      return Optional.of(known(token, object(answer, "data"), askedAt));
    } catch (SecretException failure) {
      if (failure.reason() == Reason.BACKEND_REFUSED) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private static Login.Token known(SecretValue token, JsonObject data, Instant askedAt) {
    Duration left = seconds(data, "ttl");
    Duration period = seconds(data, "period");
    Duration maximum = seconds(data, "explicit_max_ttl");
    Instant issuedAt = Instant.ofEpochSecond(number(data, "creation_time"));
    return new Login.Token(
        token,
        text(data, "accessor"),
        askedAt,
        text(data, "expire_time").isEmpty() ? Optional.empty() : Optional.of(askedAt.plus(left)),
        after(issuedAt, maximum),
        period.isZero() ? seconds(data, "creation_ttl") : period,
        flag(data, "renewable"));
  }

  Login.Token renew(Login.Token token) {
    Instant askedAt = time.now();
    JsonObject nothing = new JsonObject();
    JsonObject answer =
        refusing(
            () ->
                calls.answer(
                    SELF + "renew-self", Optional.of(nothing), Optional.of(token.value())));
    JsonObject auth = object(answer, "auth");
    Duration left = granted(auth);
    if (left.isZero() && token.expiresAt().isPresent()) {
      throw SecretException.retryable(
          Reason.UNAVAILABLE,
          "Vault renews the token for 0 s, which has ended; look at the token_ttl and"
              + " token_max_ttl of its role",
          NOT_BELIEVED);
    }
    return new Login.Token(
        token.value(),
        token.accessor(),
        askedAt,
        after(askedAt, left),
        token.endsAt(),
        token.life(),
        flag(auth, "renewable") && isWhole(left, token.life()));
  }

  /** A grant that falls short of what is granted at first is the last: the maximum life is near. */
  private static boolean isWhole(Duration granted, Duration life) {
    return granted.isZero() || granted.compareTo(life.multipliedBy(9).dividedBy(10)) >= 0;
  }

  /** Ends a token; one that the server does not know has ended. */
  void revoke(SecretValue token) {
    try {
      calls.answer(SELF + "revoke-self", Optional.of(new JsonObject()), Optional.of(token));
    } catch (SecretException failure) {
      if (failure.reason() != Reason.BACKEND_REFUSED) {
        throw failure;
      }
    }
  }

  /** What was wrapped for the holder of {@code wrappingToken}. */
  JsonObject unwrap(SecretValue wrappingToken) {
    JsonObject nothing = new JsonObject();
    return object(
        refusing(
            () ->
                calls.answer(
                    "sys/wrapping/unwrap", Optional.of(nothing), Optional.of(wrappingToken))),
        "data");
  }

  private interface Call {
    JsonObject make();
  }

  /** Whatever the server does not accept of a login is a refusal of the agent. */
  private static JsonObject refusing(Call call) {
    try {
      return call.make();
    } catch (SecretException failure) {
      throw switch (failure.reason()) {
        case INVALID_REQUEST, NOT_FOUND, UNSUPPORTED ->
            SecretException.of(Reason.BACKEND_REFUSED, failure.safeMessage(), failure);
        default -> failure;
      };
    }
  }

  private static Optional<SecretValue> none() {
    return Optional.empty();
  }

  private static Optional<Instant> after(Instant start, Duration length) {
    return length.isZero() ? Optional.empty() : Optional.of(start.plus(length));
  }

  private static SecretException misshapen() {
    return SecretException.of(
        Reason.UNAVAILABLE, "the server does not answer a login as Vault does");
  }

  private static JsonObject object(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    if (value == null || !value.isObject()) {
      throw misshapen();
    }
    return value.asObject();
  }

  static String text(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isString() ? value.asString() : "";
  }

  private static boolean flag(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isTrue();
  }

  private static long number(JsonObject parent, String name) {
    @Nullable JsonValue value = parent.get(name);
    return value != null && value.isNumber() ? (long) value.asDouble() : 0;
  }

  /**
   * For how long a token was granted; 0 for one that may have no end.
   *
   * @throws SecretException for whatever is no length of time
   */
  private static Duration granted(JsonObject auth) {
    @Nullable JsonValue value = auth.get("lease_duration");
    if (value == null || !value.isNumber() || value.asDouble() < 0) {
      throw misshapen();
    }
    return seconds(auth, "lease_duration");
  }

  /** Never negative: the server says 0 where there is no end. */
  private static Duration seconds(JsonObject parent, String name) {
    return Duration.ofSeconds(Math.clamp(number(parent, name), 0, LONGEST.toSeconds()));
  }
}
