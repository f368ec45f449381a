package dev.latchkey.agent.rpc;

import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import io.opentelemetry.api.OpenTelemetry;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What the services run on.
 *
 * @param virtualThreads runs each task on a virtual thread of its own
 * @param random for correlation ids and jitter; need not be unguessable
 */
public record Surroundings(
    TimeSource time,
    Timers timers,
    Executor virtualThreads,
    RandomGenerator random,
    OpenTelemetry telemetry) {}
