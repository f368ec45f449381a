package dev.latchkey.agent.backend.vault;

import io.github.jopenlibs.vault.json.JsonObject;

/** What a server that does its work says to a request. No text form shows a body. */
sealed interface Answer {

  /** It did what was asked. An answer without a body is an empty object. */
  record Done(JsonObject body) implements Answer {

    @Override
    public String toString() {
      return "done";
    }
  }

  /** It would not: the status is 400 to 499. */
  record Refused(int status, JsonObject body) implements Answer {

    @Override
    public String toString() {
      return "refused with " + status;
    }
  }
}
