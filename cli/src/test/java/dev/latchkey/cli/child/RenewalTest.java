package dev.latchkey.cli.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How new values are brought where the system gives no thread for it. */
class RenewalTest {

  @Test
  void aThreadThatCannotBeBegunIsToldOf() {
    List<Event> told = new ArrayList<>();
    new Renewal(() -> new Delivery(Map.of(), List.of()), told::add, Refused::new).begin();
    assertThat(told).containsExactly(new Event.NotRenewed("unexpected OutOfMemoryError"));
  }

  /** A thread at the limit of processes. */
  private static final class Refused extends Thread {
    private Refused(Runnable work) {
      super(work);
    }

    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }
}
