package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import io.github.jopenlibs.vault.json.JsonObject;

/**
 * A user with a password.
 *
 * @param mount where the way is enabled below {@code auth/}, {@code userpass} as a rule
 */
public record Userpass(String mount, String username, TextSource password) implements LoginMethod {

  @Override
  public String kind() {
    return "userpass";
  }

  @Override
  public String identity() {
    return mount + "\n" + username;
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    return calls.login(
        "auth/" + mount + "/login/" + username,
        new JsonObject().add("password", Texts.of(password.get())));
  }
}
