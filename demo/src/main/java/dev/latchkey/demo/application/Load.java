package dev.latchkey.demo.application;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The workers, from their start to the end of their last transaction. */
final class Load {

  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  /** Starts {@code count} workers on a pool. */
  static Load start(int count, Pool pool, Tally tally, InstantSource clock) {
    Load load = new Load();
    for (int worker = 0; worker < count; worker++) {
      RandomGenerator random = RandomGeneratorFactory.getDefault().create();
      load.threads.add(
          Thread.ofPlatform()
              .name("worker-" + worker)
              .start(new Worker(pool, new Mix(random), tally, clock, load.stop)));
    }
    return load;
  }

  /** Lets every worker finish the transaction it is in, and waits for that. */
  void finish() throws InterruptedException {
    stop.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
