package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A role's id and a secret id.
 *
 * <p>What a wrapping token opened, and what stood in a file that is deleted, is kept in memory for
 * the next login, since it can be had once only; another text in the file replaces it. Used by one
 * thread at a time.
 */
public final class AppRole implements LoginMethod {

  /**
   * What the operator says.
   *
   * @param mount where the way is enabled below {@code auth/}, {@code approle} as a rule
   * @param secretId empty for a role that asks for none
   * @param wrapped whether the source holds a wrapping token in place of the secret id
   * @param deleteFile whether to delete the file of the secret id after the login that used it
   */
  public record Settings(
      String mount,
      TextSource roleId,
      Optional<TextSource> secretId,
      boolean wrapped,
      boolean deleteFile) {}

  private record Opened(SecretValue source, SecretValue secretId) {}

  private final Settings settings;
  private @Nullable Opened kept;

  public AppRole(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String kind() {
    return "approle";
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    JsonObject credentials = new JsonObject().add("role_id", Texts.of(settings.roleId().get()));
    settings
        .secretId()
        .ifPresent(source -> credentials.add("secret_id", Texts.of(secretId(source, calls))));
    Login.Token token = calls.login("auth/" + settings.mount() + "/login", credentials);
    if (settings.deleteFile()) {
      settings.secretId().ifPresent(AppRole::delete);
    }
    return token;
  }

  private SecretValue secretId(TextSource source, TokenCalls calls) {
    Opened before = kept;
    SecretValue text;
    try {
      text = source.get();
    } catch (SecretException gone) {
      if (before == null) {
        throw gone;
      }
      return before.secretId();
    }
    if (before != null && before.source().equals(text)) {
      return before.secretId();
    }
    Opened opened = new Opened(text, settings.wrapped() ? unwrapped(text, calls) : text);
    if (settings.wrapped() || settings.deleteFile()) {
      kept = opened;
    }
    return opened.secretId();
  }

  private static SecretValue unwrapped(SecretValue token, TokenCalls calls) {
    String secretId = TokenCalls.text(unwrapping(token, calls), "secret_id");
    if (secretId.isEmpty()) {
      throw SecretException.of(
          Reason.BACKEND_REFUSED, "what the wrapping token opened is no secret id");
    }
    return SecretValue.ofText(secretId);
  }

  private static JsonObject unwrapping(SecretValue token, TokenCalls calls) {
    try {
      return calls.unwrap(token);
    } catch (SecretException failure) {
      if (failure.reason() != Reason.BACKEND_REFUSED) {
        throw failure;
      }
      throw SecretException.of(
          Reason.BACKEND_REFUSED,
          "the wrapping token of the secret id is not good: its time is over, or somebody else"
              + " opened it, which is to be looked into; provide a new one",
          failure);
    }
  }

  private static void delete(TextSource source) {
    if (source instanceof TextSource.InFile(Path path)) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw SecretException.of(
            Reason.NOT_POSSIBLE_NOW,
            "the login worked, but " + path + " could not be deleted; delete it, or allow it",
            e);
      }
    }
  }
}
