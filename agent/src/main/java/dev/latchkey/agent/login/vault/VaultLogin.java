package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.FileLogin;
import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import java.util.Optional;

/** A login to Vault in one of its ways. One caller at a time, the keeper of the token; blocks. */
public final class VaultLogin implements Login, FileLogin {

  private final LoginMethod method;
  private final TokenCalls calls;

  public VaultLogin(VaultCalls calls, LoginMethod method, TimeSource time) {
    this.method = method;
    this.calls = new TokenCalls(calls, time);
  }

  @Override
  public String kind() {
    return method.kind();
  }

  @Override
  public Token login() {
    return method.login(calls);
  }

  @Override
  public Token renew(Token token) {
    return calls.renew(token);
  }

  @Override
  public Optional<Token> lookup(Token token) {
    return calls.lookup(token.value());
  }

  @Override
  public boolean hasFiles() {
    return method.hasFiles();
  }

  @Override
  public Optional<SecretValue> offered() {
    return method.offered();
  }

  @Override
  public void tidy() {
    method.tidy();
  }

  /** Leaves a token alone that was given to the agent: it is not the agent's to end. */
  @Override
  public void revoke(Token token) {
    if (method.ownsToken()) {
      calls.revoke(token.value());
    }
  }
}
