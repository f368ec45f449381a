/**
 * Spans and metrics by the OpenTelemetry SDK; decorates ports and opens no port of its own.
 *
 * <p>An adapter: imports leaves and capabilities; only {@code wiring} imports it. Start reading at
 * {@link dev.latchkey.agent.telemetry.Telemetry}.
 */
@NullMarked
package dev.latchkey.agent.telemetry;

import org.jspecify.annotations.NullMarked;
