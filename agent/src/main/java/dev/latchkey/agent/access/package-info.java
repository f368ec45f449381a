/**
 * May they: the default-deny policy over attested callers.
 *
 * <p>Imports leaves and {@code catalog}. Start reading at {@link dev.latchkey.agent.access.Policy}.
 */
@NullMarked
package dev.latchkey.agent.access;

import org.jspecify.annotations.NullMarked;
