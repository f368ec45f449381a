package dev.latchkey.agent.lease;

import dev.latchkey.agent.backend.TokenStore;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.store.Transaction;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.time.Timers;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a keeper of tokens works with.
 *
 * @param leases learns with the new token when the one before ends
 * @param executor runs each task on a virtual thread of its own
 */
public record TokenContext(
    TokenStore store,
    LeaseStore leases,
    Transaction.Runner transactions,
    TimeSource time,
    Timers timers,
    RandomGenerator random,
    Executor executor,
    EventSink events) {}
