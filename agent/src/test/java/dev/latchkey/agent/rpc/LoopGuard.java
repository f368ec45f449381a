package dev.latchkey.agent.rpc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes each call of a port that blocks and that was made on an event loop. */
final class LoopGuard {

  private final List<String> breaches = new CopyOnWriteArrayList<>();

  /** Said by a fake where the real thing would block. */
  void blocks(String call) {
    if (Thread.currentThread().getName().startsWith(EventLoops.THREAD_NAME)) {
      breaches.add(call);
    }
  }

  List<String> breaches() {
    return breaches;
  }
}
