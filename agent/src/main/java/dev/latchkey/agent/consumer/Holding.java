package dev.latchkey.agent.consumer;

import dev.latchkey.agent.secret.SecretName;

/**
 * What one holder holds of one secret.
 *
 * @param version the newest version it was sent
 * @param acknowledged nothing older than this is in use by it; 0 for never acknowledged. Beyond
 *     {@code version} where somebody else, such as its own next subscription, was sent that
 * @param identity the caller's attested identity, for people
 */
public record Holding(
    Holder holder, SecretName secret, long version, long acknowledged, String identity) {}
