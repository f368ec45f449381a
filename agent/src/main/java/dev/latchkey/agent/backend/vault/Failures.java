package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import javax.net.ssl.SSLHandshakeException;

/** Says of each way a call can fail what it means, in words that hold nothing of the answer. */
final class Failures {

  /** How long to wait where the server does not say. */
  static final Duration USUAL_DELAY = Duration.ofSeconds(1);

  /** The longest wait that a server is believed. */
  static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

  private final TimeSource time;

  Failures(TimeSource time) {
    this.time = time;
  }

  /** What a server's refusal, 400 to 499, means for {@code request}. */
  static SecretException of(VaultRequest request, Answer.Refused refused) {
    String told = request.path() + ": Vault answers " + refused.status();
    String why = ServerText.shown(refused.body());
    return switch (refused.status()) {
      case 401, 403 ->
          SecretException.of(
              Reason.BACKEND_REFUSED,
              told + why + "; the agent's policy does not allow it, or its token is not good");
      case 404 -> SecretException.of(Reason.NOT_FOUND, told + why + "; there is nothing there");
      case 405 -> SecretException.of(Reason.UNSUPPORTED, told + why + "; it does not offer that");
      default ->
          SecretException.of(
              Reason.INVALID_REQUEST, told + why + "; the path or what was sent is wrong");
    };
  }

  /**
   * What a call that brought no answer means.
   *
   * @param large whether the server may take no body as large as the one that was sent
   */
  Attempt ofFault(URI node, Throwable fault, boolean large) {
    return switch (fault) {
      case Refusal refusal -> ofStatus(node, refusal);
      case ConnectException down -> unreachable(node, down);
      case HttpConnectTimeoutException down -> unreachable(node, down);
      case SSLHandshakeException untrusted -> unreachable(node, untrusted);
      case HttpTimeoutException late ->
          failing(node + " did not answer in time; see request_timeout");
      case BoundedBody.TooLarge answer ->
          unblamed(
              NodeState.ACTIVE,
              SecretException.of(Reason.LIMIT_EXCEEDED, node + ": " + answer.getMessage()));
      case IOException broken when large -> maybeTooLarge(node);
      case IOException broken -> failing(node + " broke off its answer, or does not speak HTTP");
      default ->
          unblamed(
              NodeState.UNKNOWN,
              unavailable("the call of " + node + " could not be made", USUAL_DELAY));
    };
  }

  /** What an answer that is no JSON means. */
  static Attempt garbage(URI node) {
    return failing(node + " does not answer as Vault does; check the address");
  }

  /** What the agent's own shutdown or a caller that gave up means. */
  static Attempt interrupted(URI node) {
    return unblamed(
        NodeState.UNKNOWN,
        SecretException.of(Reason.UNAVAILABLE, "the call of " + node + " was interrupted"));
  }

  private Attempt ofStatus(URI node, Refusal refusal) {
    int status = refusal.status();
    JsonObject body = ServerText.object(refusal.body()).orElseGet(JsonObject::new);
    if (status == 429) {
      return limited(node, refusal);
    }
    if (isStandby(status, body)) {
      return elsewhere(node, NodeState.STANDBY, refusal);
    }
    if (status == 501) {
      return elsewhere(node, NodeState.UNINITIALISED, refusal);
    }
    if (status == 503 && ServerText.says(body, "sealed")) {
      return elsewhere(node, NodeState.SEALED, refusal);
    }
    if (status == 500 && isRefusal(body)) {
      return new Attempt.Answered(new Answer.Refused(400, body));
    }
    if (status >= 500 || status == 412) {
      return failed(node, refusal, body);
    }
    return new Attempt.Answered(new Answer.Refused(status, body));
  }

  /** A body of the server's own tells that it is there; a proxy before it has another. */
  private Attempt failed(URI node, Refusal refusal, JsonObject body) {
    boolean own = body.get("errors") != null;
    return new Attempt.Failed(
        NodeState.FAILING,
        unavailable(node + " answers " + refusal.status() + "; see its log", delay(refusal)),
        false,
        own ? Attempt.Blame.EITHER : Attempt.Blame.SERVER,
        asked(refusal));
  }

  /** Some refusals have the status of a failure. */
  private static boolean isRefusal(JsonObject body) {
    return ServerText.refusesLogin(body) || ServerText.refusesSize(body) || Transit.isOfBatch(body);
  }

  private static boolean isStandby(int status, JsonObject body) {
    return (status >= 300 && status < 400)
        || status == 472
        || status == 473
        || (status >= 500
            && (ServerText.says(body, "standby") || ServerText.says(body, "node not active")));
  }

  private Attempt limited(URI node, Refusal refusal) {
    return unblamed(
        NodeState.ACTIVE,
        SecretException.retryable(
                Reason.LIMIT_EXCEEDED, node + " limits the rate of calls", delay(refusal))
            .ofNothingDone());
  }

  private Attempt elsewhere(URI node, NodeState state, Refusal refusal) {
    return new Attempt.Failed(
        state,
        unavailable(node + " " + state.sentence(), delay(refusal)),
        true,
        Attempt.Blame.SERVER,
        asked(refusal));
  }

  private static Attempt unreachable(URI node, IOException cause) {
    NodeState state = NodeState.UNREACHABLE;
    String told = node + " " + state.sentence();
    return new Attempt.Failed(
        state,
        SecretException.retryable(Reason.UNAVAILABLE, told, USUAL_DELAY, cause),
        true,
        Attempt.Blame.SERVER,
        Duration.ZERO);
  }

  private static Attempt failing(String told) {
    return new Attempt.Failed(
        NodeState.FAILING,
        unavailable(told, USUAL_DELAY),
        false,
        Attempt.Blame.SERVER,
        Duration.ZERO);
  }

  /** A server that refuses the size hangs up while the body is still on its way. */
  private static Attempt maybeTooLarge(URI node) {
    return new Attempt.Failed(
        NodeState.UNKNOWN,
        unavailable(
            node + " broke off the call; it may take no value as large as that", USUAL_DELAY),
        false,
        Attempt.Blame.EITHER,
        Duration.ZERO);
  }

  private static Attempt unblamed(NodeState state, SecretException why) {
    return new Attempt.Failed(state, why, false, Attempt.Blame.NEITHER, Duration.ZERO);
  }

  private static SecretException unavailable(String told, Duration delay) {
    return SecretException.retryable(Reason.UNAVAILABLE, told, delay);
  }

  private Duration delay(Refusal refusal) {
    Duration asked = asked(refusal);
    return asked.isZero() ? USUAL_DELAY : asked;
  }

  /** What {@code Retry-After} says, a number of seconds or a date; zero for nothing. */
  Duration asked(Refusal refusal) {
    Duration asked = parsed(refusal.retryAfter().strip());
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : asked;
  }

  private Duration parsed(String header) {
    if (header.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(header));
    }
    try {
      ZonedDateTime until = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Duration.between(time.now(), until.toInstant());
    } catch (DateTimeParseException none) {
      return Duration.ZERO;
    }
  }
}
