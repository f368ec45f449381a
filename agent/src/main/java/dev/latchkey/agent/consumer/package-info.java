/**
 * Who holds which version of a rotated or leased secret, and who has acknowledged what.
 *
 * <p>Imports leaves only. Start reading at {@link dev.latchkey.agent.consumer.Holders}.
 */
@NullMarked
package dev.latchkey.agent.consumer;

import org.jspecify.annotations.NullMarked;
