package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;

/**
 * What an earlier request asked for, so that a repeat is told from another request under its id.
 *
 * @param asked the words of a {@link Withdrawal}; empty for what made a value current
 */
public record Requested(SecretName name, String asked) {}
