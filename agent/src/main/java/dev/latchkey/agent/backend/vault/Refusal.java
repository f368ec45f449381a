package dev.latchkey.agent.backend.vault;

import java.io.IOException;
import java.util.Optional;

/**
 * An answer with a status other than success, on its way through the driver, which would drop the
 * headers. The body is kept apart from the message, for it may tell what nobody should read.
 */
final class Refusal extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String retryAfter;
  private final String body;

  Refusal(int status, Optional<String> retryAfter, String body) {
    super("status " + status);
    this.status = status;
    this.retryAfter = retryAfter.orElse("");
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The header of that name; empty for none. */
  String retryAfter() {
    return retryAfter;
  }

  String body() {
    return body;
  }
}
