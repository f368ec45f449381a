package dev.latchkey.micronaut;

import io.micronaut.runtime.context.scope.Refreshable;

/** Made with the settings of its time. */
@Refreshable("gated")
class Gated {

  private final String password;

  Gated(GatedSettings settings) {
    password = settings.getPassword();
  }

  String password() {
    return password;
  }
}
