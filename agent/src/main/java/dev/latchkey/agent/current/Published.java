package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretState;

/**
 * What the door answered.
 *
 * @param changed whether a new version came; false when the value was already current or the
 *     request was a repeat
 */
public record Published(SecretState state, boolean changed) {}
