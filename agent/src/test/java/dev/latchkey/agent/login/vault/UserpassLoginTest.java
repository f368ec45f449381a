package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import org.junit.jupiter.api.BeforeEach;

class UserpassLoginTest extends VaultLoginContract {

  private String mount = "";

  @BeforeEach
  void enable() {
    mount = admin.enable("userpass");
    admin.write("auth/" + mount + "/users/app", role().add("password", "right-one"));
  }

  @Override
  protected Login login() {
    return login(new Userpass(mount, "app", file("password", "right-one")));
  }

  @Override
  protected Login wrong() {
    return login(new Userpass(mount, "app", file("wrong", "wrong-one")));
  }
}
