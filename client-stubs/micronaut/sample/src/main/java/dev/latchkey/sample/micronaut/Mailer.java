package dev.latchkey.sample.micronaut;

import io.micronaut.context.annotation.Value;
import io.micronaut.runtime.context.scope.Refreshable;

/** Made anew after each change of what it was made with. */
@Refreshable("mail")
class Mailer {

  private final String login;

  Mailer(@Value("${mail.username}") String username, @Value("${mail.password}") String password) {
    login = username + " " + password;
  }

  /** What it would log in with. */
  String login() {
    return login;
  }
}
