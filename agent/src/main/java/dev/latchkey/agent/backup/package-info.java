/**
 * The port to copies of the whole state store.
 *
 * <p>Imports leaves only. Start reading at {@link dev.latchkey.agent.backup.StateBackup}.
 */
@NullMarked
package dev.latchkey.agent.backup;

import org.jspecify.annotations.NullMarked;
