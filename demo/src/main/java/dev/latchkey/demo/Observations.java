package dev.latchkey.demo;

import dev.latchkey.demo.report.ApplicationEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the application has reported so far. Safe for use by several threads. */
final class Observations {

  private final List<ApplicationEvent.Login> logins = new ArrayList<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private ApplicationEvent.Progress progress = new ApplicationEvent.Progress(0, 0, 0);
  private Optional<ApplicationEvent.Ready> ready = Optional.empty();
  private Optional<ApplicationEvent.Finished> finished = Optional.empty();

  synchronized void take(ApplicationEvent event) {
    switch (event) {
      case ApplicationEvent.Ready begun -> ready = Optional.of(begun);
      case ApplicationEvent.Login login -> logins.add(login);
      case ApplicationEvent.Failure failure -> failures.merge(failure.sqlState(), 1, Integer::sum);
      case ApplicationEvent.Progress now -> progress = now;
      case ApplicationEvent.Finished end -> finish(end);
    }
  }

  private void finish(ApplicationEvent.Finished end) {
    finished = Optional.of(end);
    progress = new ApplicationEvent.Progress(end.queries(), end.transactions(), end.failed());
  }

  synchronized boolean isReady() {
    return ready.isPresent();
  }

  synchronized ApplicationEvent.Progress progress() {
    return progress;
  }

  synchronized Optional<ApplicationEvent.Finished> finished() {
    return finished;
  }

  /** How many sessions were seen in all. */
  synchronized int logins() {
    return logins.size();
  }

  /** How many sessions of a login role were first used at or after an instant. */
  synchronized int loginsSince(String user, Instant instant) {
    return (int)
        logins.stream()
            .filter(login -> login.user().equals(user) && !login.at().isBefore(instant))
            .count();
  }

  /** When a session of a login role was first used at or after an instant. */
  synchronized Optional<Instant> firstUseSince(String user, Instant instant) {
    return logins.stream()
        .filter(login -> login.user().equals(user) && !login.at().isBefore(instant))
        .map(ApplicationEvent.Login::at)
        .min(Instant::compareTo);
  }

  /** How many transactions failed with each SQLSTATE. */
  synchronized Map<String, Integer> failures() {
    return Map.copyOf(failures);
  }

  synchronized long failed() {
    return Math.max(
        progress.failed(), failures.values().stream().mapToLong(Integer::longValue).sum());
  }
}
