/**
 * Secrets that a configuration refers to as <code>${latchkey:NAME#field}</code>: what such a text
 * means, and the values that follow the agent.
 *
 * <p>Start at {@link dev.latchkey.client.placeholder.ReferencedSecrets}. The modules for Micronaut
 * and for Spring Boot put it under their frameworks' property sources; an application that injects
 * it reads several fields of one version. It depends on the client alone.
 */
@NullMarked
package dev.latchkey.client.placeholder;

import org.jspecify.annotations.NullMarked;
