package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.backend.OneTimeStore.Opened;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A role's id and a secret id.
 *
 * <p>What a wrapping token opened, and what stood in a file that is deleted, can be had once only:
 * it is kept, sealed, before it is used, and used at every later login, until another text stands
 * in the file. Used by one thread at a time.
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

  private final Settings settings;
  private final SecretIdMemory memory;
  private final EventSink events;
  private final Removal removal;
  private boolean told;

  public AppRole(Settings settings, SecretIdMemory memory, EventSink events) {
    this(settings, memory, events, Files::deleteIfExists);
  }

  AppRole(Settings settings, SecretIdMemory memory, EventSink events, Removal removal) {
    this.settings = settings;
    this.memory = memory;
    this.events = events;
    this.removal = removal;
  }

  /** Deletes a file. */
  interface Removal {
    void delete(Path path) throws IOException;
  }

  @Override
  public String kind() {
    return "approle";
  }

  @Override
  public String identity() {
    return settings.mount() + "\n" + settings.roleId().identity();
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    JsonObject credentials = new JsonObject().add("role_id", Texts.of(settings.roleId().get()));
    settings
        .secretId()
        .ifPresent(source -> credentials.add("secret_id", Texts.of(secretId(source, calls))));
    Login.Token token = calls.login("auth/" + settings.mount() + "/login", credentials);
    if (isHadOnce()) {
      memory.recall(this).map(Opened::afterUse).ifPresent(memory::keep);
    }
    tidy();
    return token;
  }

  /** Whether the secret id is not to be had from its source again. */
  private boolean isHadOnce() {
    return settings.secretId().isPresent() && (settings.wrapped() || settings.deleteFile());
  }

  private SecretValue secretId(TextSource source, TokenCalls calls) {
    Optional<Opened> before = isHadOnce() ? memory.recall(this) : Optional.empty();
    SecretValue text;
    try {
      text = source.get();
    } catch (SecretException gone) {
      return before.map(Opened::value).orElseThrow(() -> gone);
    }
    return before
        .filter(opened -> opened.source().equals(text))
        .map(Opened::value)
        .orElseGet(() -> opened(text, calls));
  }

  private SecretValue opened(SecretValue text, TokenCalls calls) {
    SecretValue secretId = settings.wrapped() ? unwrapped(text, calls) : text;
    if (isHadOnce()) {
      memory.keep(new Opened(memory.boundTo(this), text, secretId, false));
    }
    return secretId;
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

  @Override
  public boolean hasFiles() {
    return settings.deleteFile();
  }

  /** Deletes the file whose secret id was used; one with another text in it waits for its login. */
  @Override
  public void tidy() {
    if (settings.deleteFile()
        && settings.secretId().orElse(null) instanceof TextSource.InFile file
        && Files.exists(file.path())) {
      memory
          .recall(this)
          .filter(Opened::used)
          .filter(opened -> file.holds(opened.source()))
          .ifPresent(opened -> deleteKept(file.path(), opened));
    }
  }

  /** With a store that cannot be written, the file is all that outlives this process. */
  private void deleteKept(Path path, Opened opened) {
    memory.keep(opened);
    if (memory.isKept()) {
      delete(path);
    }
  }

  private void delete(Path path) {
    try {
      removal.delete(path);
      told = false;
    } catch (IOException e) {
      if (!told) {
        events.emit(new AgentEvent.LoginFileLeft(path.toString()));
      }
      told = true;
    }
  }
}
