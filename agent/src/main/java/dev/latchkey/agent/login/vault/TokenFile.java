package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.file.Path;
import java.util.Optional;

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
  public String identity() {
    return file.toString();
  }

  @Override
  public Optional<SecretValue> offered() {
    try {
      return Optional.of(new TextSource.InFile(file).get());
    } catch (SecretException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  public boolean hasFiles() {
    return true;
  }

  @Override
  public boolean ownsToken() {
    return false;
  }
}
