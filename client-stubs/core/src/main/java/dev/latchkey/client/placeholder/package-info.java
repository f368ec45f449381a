/**
 * Secrets that a configuration refers to as <code>${latchkey:NAME#field}</code>: what such a text
 * means, and the values that follow the agent.
 *
 * <p>Start at {@link dev.latchkey.client.placeholder.WatchedSecrets}. The modules for Micronaut and
 * for Spring Boot put it under their frameworks' property sources, and say in {@link
 * dev.latchkey.client.placeholder.Step}s what is done on a change. An application injects {@link
 * dev.latchkey.client.placeholder.ReferencedSecrets}. It depends on the client alone.
 */
@NullMarked
package dev.latchkey.client.placeholder;

import org.jspecify.annotations.NullMarked;
