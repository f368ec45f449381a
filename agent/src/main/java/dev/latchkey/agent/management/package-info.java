/**
 * The one HTTP server: liveness, readiness and metrics, on the loopback address alone.
 *
 * <p>An adapter over {@code readiness} and the scrape. It tells no value and takes no order. Start
 * reading at {@link dev.latchkey.agent.management.ManagementServer}.
 */
@NullMarked
package dev.latchkey.agent.management;

import org.jspecify.annotations.NullMarked;
