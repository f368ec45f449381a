package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;

/**
 * What a read brought.
 *
 * @param version the manager's own text for the version; empty when it has none
 */
public record BackendRead(SecretContent content, String version, Lifetime lifetime) {}
