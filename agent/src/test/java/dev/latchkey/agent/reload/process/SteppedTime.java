package dev.latchkey.agent.reload.process;

import dev.latchkey.agent.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** The clock of the machine, as if somebody set it: now shows this much more or less. */
final class SteppedTime implements TimeSource {

  private final TimeSource machine = TimeSource.system();
  private Duration steps = Duration.ZERO;

  /** Sets the wall clock; the other one goes on. */
  void step(Duration by) {
    steps = steps.plus(by);
  }

  @Override
  public Instant now() {
    return machine.now().plus(steps);
  }

  @Override
  public long nanoTime() {
    return machine.nanoTime();
  }
}
