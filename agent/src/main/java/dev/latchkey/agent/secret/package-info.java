/**
 * What a secret is: its name, its versions, its value held in memory and its lifetime.
 *
 * <p>A leaf: free to every package, and it imports nothing but the JDK. Start reading at {@link
 * dev.latchkey.agent.secret.SecretState}.
 */
@NullMarked
package dev.latchkey.agent.secret;

import org.jspecify.annotations.NullMarked;
