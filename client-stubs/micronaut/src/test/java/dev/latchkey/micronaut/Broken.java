package dev.latchkey.micronaut;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;

/** Keeps a context from starting. */
@Context
@Requires(property = "broken")
class Broken {

  Broken() {
    throw new IllegalStateException("broken");
  }
}
