package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.Tokens;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.function.Supplier;

/**
 * Calls made with the agent's token: once more when the server refused the first and there is a new
 * token. Safe for use by several threads.
 */
final class AuthorisedCalls {

  private final VaultHttp http;
  private final Tokens tokens;

  AuthorisedCalls(VaultHttp http, Tokens tokens) {
    this.http = http;
    this.tokens = tokens;
  }

  /** The JSON of what was done; what the server refuses is thrown. */
  JsonObject done(VaultRequest request) {
    return VaultHttp.done(request, ask(request));
  }

  /** Makes the call; what the server refuses is an answer. */
  Answer ask(VaultRequest request) {
    return asked(request).answer();
  }

  /** Makes the call, and says with which token. */
  Asked asked(VaultRequest request) {
    Login.Token token = beforehand(tokens::token);
    Answer answer = http.ask(request.as(token.value()));
    if (isForbidden(answer) && beforehand(() -> tokens.refused(token))) {
      Login.Token another = beforehand(tokens::token);
      return new Asked(http.ask(request.as(another.value())), another);
    }
    return new Asked(answer, token);
  }

  /** An answer, and the token that it was given to. */
  record Asked(Answer answer, Login.Token token) {}

  /** Whoever is without a token has done nothing yet, or was refused. */
  private static <T> T beforehand(Supplier<T> step) {
    try {
      return step.get();
    } catch (SecretException noToken) {
      throw noToken.ofNothingDone();
    }
  }

  /** Makes the call with the token that it has and no other; what is refused is thrown. */
  JsonObject asItIs(VaultRequest request) {
    return VaultHttp.done(request, http.ask(request));
  }

  /** What the server wrapped and handed {@code wrappingToken} out for; can be had once. */
  JsonObject unwrap(SecretValue wrappingToken) {
    return asItIs(VaultRequest.write("sys/wrapping/unwrap", new JsonObject()).as(wrappingToken));
  }

  private static boolean isForbidden(Answer answer) {
    return answer instanceof Answer.Refused refused
        && (refused.status() == 403 || refused.status() == 401);
  }
}
