package dev.latchkey.micronaut;

import io.micronaut.context.annotation.Prototype;
import io.micronaut.context.annotation.Value;

/** Names a secret where Micronaut does not let it be seen. */
@Prototype
class Direct {

  final String password;

  Direct(@Value("${latchkey:orders-db#password}") String password) {
    this.password = password;
  }
}
