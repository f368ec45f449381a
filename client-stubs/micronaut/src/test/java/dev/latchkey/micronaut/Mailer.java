package dev.latchkey.micronaut;

import io.micronaut.context.annotation.Value;
import io.micronaut.runtime.context.scope.Refreshable;

/** Made with the password of its time. */
@Refreshable("mail")
class Mailer {

  private final String password;

  Mailer(@Value("${mail.password}") String password) {
    this.password = password;
  }

  String login() {
    return password;
  }
}
