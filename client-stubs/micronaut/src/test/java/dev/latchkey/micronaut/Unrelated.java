package dev.latchkey.micronaut;

import io.micronaut.runtime.context.scope.Refreshable;
import java.util.UUID;

/** Depends on another secret. */
@Refreshable("other")
class Unrelated {

  private final String id = UUID.randomUUID().toString();

  String made() {
    return id;
  }
}
