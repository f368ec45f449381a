/**
 * Finds the agent's sockets and opens a channel to one of them.
 *
 * <p>The channel is made for one call of one process: a single event loop thread, no name
 * resolution, no retries, no native library to unpack. May import {@code outcome}.
 */
@NullMarked
package dev.latchkey.cli.socket;

import org.jspecify.annotations.NullMarked;
