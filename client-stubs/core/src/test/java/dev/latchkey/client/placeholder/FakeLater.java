package dev.latchkey.client.placeholder;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Runs what is due when a test says so, on its thread. */
final class FakeLater implements Later {

  private record Task(Duration at, Runnable work) {}

  private final List<Task> tasks = new ArrayList<>();
  private Duration now = Duration.ZERO;
  private boolean closed;

  @Override
  public void run(Duration wait, Runnable work) {
    if (!closed) {
      tasks.add(new Task(now.plus(wait), work));
    }
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
  }

  void pass(Duration time) {
    Duration until = now.plus(time);
    while (true) {
      Optional<Task> next =
          tasks.stream()
              .filter(task -> task.at.compareTo(until) <= 0)
              .min(Comparator.comparing(Task::at));
      if (next.isEmpty()) {
        now = until;
        return;
      }
      tasks.remove(next.get());
      now = next.get().at();
      next.get().work().run();
    }
  }
}
