package dev.latchkey.agent.inject;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * What deliveries work with.
 *
 * @param isRotated whether versions of a secret are retired some day, so that its holders are kept
 * @param isThere whether anything is at a path; blocks
 * @param self the agent as a holder: what it writes, its own user holds
 * @param virtualThreads runs each task on a virtual thread of its own
 * @param loadThreads virtual threads that read secrets, which may wait long for a backend
 * @param fileThreads platform threads that write, and send signals
 * @param reloadThreads platform threads that wait for the commands of reloads, which may take long
 */
public record DeliveryContext(
    Current current,
    Holders holders,
    Predicate<SecretName> isRotated,
    FileTree files,
    Predicate<Path> isThere,
    Reloader reloader,
    DeliveryStore store,
    Transaction.Runner transactions,
    DeliveryTrail trail,
    Caller self,
    TimeSource time,
    Timers timers,
    RandomGenerator random,
    Executor virtualThreads,
    Executor loadThreads,
    FileThreads fileThreads,
    Executor reloadThreads,
    EventSink events) {}
