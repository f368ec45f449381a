package dev.latchkey.agent.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the first of equal decisions from its repeats: the first is written at once, those that
 * follow within a second become one record with their count. Confined to the writer.
 */
final class Repeats {

  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final Map<Key, Window> windows = new LinkedHashMap<>();

  /** Takes one decision; adds to {@code out} what is to be written at once. */
  void take(AuditRecord record, List<Counted> out) {
    Key key = Key.of(record);
    Window window = windows.get(key);
    if (window == null || !record.at().isBefore(window.endAt)) {
      if (window != null) {
        windows.remove(key);
        window.flush(out);
      }
      windows.put(key, new Window(record.at().plus(WINDOW)));
      out.add(new Counted(record, 1));
    } else {
      window.repeat(record);
    }
  }

  /** Ends the windows that are over at {@code now} and adds their counts to {@code out}. */
  void end(Instant now, List<Counted> out) {
    windows
        .values()
        .removeIf(
            window -> {
              boolean over = !now.isBefore(window.endAt) || window.liesAhead(now);
              if (over) {
                window.flush(out);
              }
              return over;
            });
  }

  /** Ends every window. */
  List<Counted> endAll() {
    List<Counted> out = new ArrayList<>();
    windows.values().forEach(window -> window.flush(out));
    windows.clear();
    return out;
  }

  boolean isEmpty() {
    return windows.isEmpty();
  }

  /** A record and how many equal decisions it stands for. */
  record Counted(AuditRecord record, long count) {}

  private record Key(
      String actor,
      String operation,
      String secret,
      long version,
      AuditRecord.Outcome outcome,
      String detail) {

    static Key of(AuditRecord record) {
      return new Key(
          record.actor(),
          record.operation(),
          record.secret(),
          record.version(),
          record.outcome(),
          record.detail());
    }
  }

  /** What came after the first of equal decisions. */
  private static final class Window {

    private final Instant endAt;
    private final List<AuditRecord> latest = new ArrayList<>(1);
    private long count;

    Window(Instant endAt) {
      this.endAt = endAt;
    }

    void repeat(AuditRecord record) {
      latest.clear();
      latest.add(record);
      count++;
    }

    /** Whether the wall clock was set back behind the window. */
    boolean liesAhead(Instant now) {
      return now.plus(WINDOW.multipliedBy(2)).isBefore(endAt);
    }

    void flush(List<Counted> out) {
      latest.forEach(record -> out.add(new Counted(record, count)));
    }
  }
}
