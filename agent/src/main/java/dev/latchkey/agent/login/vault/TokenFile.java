package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretException;
import java.nio.file.Path;

/**
 * A token in a file that somebody else keeps fresh. Another token in the file replaces the one
 * before; a file that is gone or broken does not.
 */
public record TokenFile(Path file) implements LoginMethod {

  @Override
  public String kind() {
    return "token_file";
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    return calls.given(new TextSource.InFile(file).get());
  }

  @Override
  public boolean wouldBring(Login.Token token) {
    try {
      return new TextSource.InFile(file).get().equals(token.value());
    } catch (SecretException unreadable) {
      return true;
    }
  }

  @Override
  public boolean ownsToken() {
    return false;
  }
}
