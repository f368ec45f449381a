package dev.latchkey.agent.access;

/** The policy's answer. */
public sealed interface Decision {

  /** Allowed, by the named rule. */
  record Granted(String rule) implements Decision {}

  /** Not allowed; nothing is told about why. */
  record Denied() implements Decision {}
}
