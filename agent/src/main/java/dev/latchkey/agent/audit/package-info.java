/**
 * The keyed chain of what was asked, answered and changed.
 *
 * <p>Imports leaves and {@code crypto}. Start reading at {@link dev.latchkey.agent.audit.AuditLog}.
 */
@NullMarked
package dev.latchkey.agent.audit;

import org.jspecify.annotations.NullMarked;
