package dev.latchkey.agent.watch;

import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.StateId;
import java.util.List;
import java.util.Optional;

/** Opens watches. Safe for use by several threads. */
public interface Watches {

  /**
   * Opens a watch and begins to feed {@code sink}, from a thread of its own. Blocks until the
   * subscription is kept.
   */
  Watch open(Caller caller, Request request, Sink sink);

  /** How many watches are open. */
  int openWatches();

  /** One open watch. */
  interface Watch extends AutoCloseable {

    /** The unguessable id for acknowledgements. */
    String subscriptionId();

    /** Tells that the transport can take more; wakes a sink that said it was not ready. */
    void ready();

    /** Ends it; holders stay. Idempotent. */
    @Override
    void close();
  }

  /** What is to be watched. */
  record Request(List<Wanted> wanted, boolean metadataOnly, boolean pending, boolean acknowledges) {

    public Request {
      wanted = List.copyOf(wanted);
    }
  }

  /** One secret with what the subscriber holds. */
  record Wanted(SecretName name, Optional<StateId> held) {}

  /** Where events go; one call at a time, in order, never on the event loop. */
  interface Sink {

    /**
     * Whether the transport can take an event now. While it cannot, newer states replace older
     * unsent ones.
     */
    boolean isReady();

    /** Takes an event. */
    void send(WatchEvent event);

    /** Ends the stream with a failure. */
    void fail(RuntimeException why);
  }
}
