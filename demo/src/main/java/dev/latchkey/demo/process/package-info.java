/**
 * Starting processes that never outlive the one that started them.
 *
 * <p>Knows nothing of databases, agents or secrets. Start reading at {@link
 * dev.latchkey.demo.process.ChildProcess}; {@link dev.latchkey.demo.process.Leash} is its other
 * end, inside the child.
 */
@NullMarked
package dev.latchkey.demo.process;

import org.jspecify.annotations.NullMarked;
