/**
 * <code>${latchkey:NAME#field}</code> in the configuration of a Spring Boot application: resolved
 * at the start, which fails with a clear message where it cannot be, and followed by an event on
 * change.
 *
 * <p>Being on the class path is enough. Spring looks up the whole text of a placeholder before it
 * takes what stands behind the first colon for a default; {@link
 * dev.latchkey.spring.LatchkeyPropertySource} answers that look-up, and refuses instead of letting
 * a default through. A value is a text and nothing in it is resolved again. An application uses
 * {@link dev.latchkey.spring.LatchkeyChangedEvent} and, for several fields of one version, the bean
 * {@link dev.latchkey.client.placeholder.ReferencedSecrets}. Start at {@link
 * dev.latchkey.spring.LatchkeyListener}.
 */
@NullMarked
package dev.latchkey.spring;

import org.jspecify.annotations.NullMarked;
