package dev.latchkey.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * What a test leaves behind: no platform thread of ours that was not there before, nothing logged
 * at WARN or above but what it provokes, and no line of the log with a secret, which a test marks
 * by the word {@code marker-}.
 */
final class Aftermath {

  private static final String OURS = "latchkey-";
  private static final String MARK = "marker-";

  private final Set<Thread> before = threads();
  private final Lines lines = new Lines();
  private final List<Logger> alone = new ArrayList<>();

  private Aftermath() {}

  /** Begins to look. */
  static Aftermath begin() {
    Aftermath aftermath = new Aftermath();
    aftermath.lines.start();
    root().addAppender(aftermath.lines);
    return aftermath;
  }

  /** Looks at one more logger, which tells its parents nothing. */
  void listenTo(Logger logger) {
    logger.addAppender(lines);
    alone.add(logger);
  }

  /** Looks no more at the log. */
  void end() {
    root().detachAppender(lines);
    alone.forEach(logger -> logger.detachAppender(lines));
  }

  /**
   * Fails for what should not be.
   *
   * @param expected a part of each warning that may be there
   * @param patience for how long threads may take to end
   */
  void check(Set<String> expected, Duration patience) {
    assertThat(lines.warningsBesides(expected)).as("logged at WARN or above").isEmpty();
    assertThat(lines.texts()).as("the log").noneMatch(line -> line.contains(MARK));
    await("the end of the threads that the test started")
        .atMost(patience)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(startedSince()).isEmpty());
  }

  private List<String> startedSince() {
    return threads().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith(OURS))
        .toList();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** What is logged. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {

    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }

    List<String> texts() {
      return events.stream().map(Lines::text).toList();
    }

    List<String> warningsBesides(Set<String> expected) {
      return events.stream()
          .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
          .map(Lines::text)
          .filter(line -> expected.stream().noneMatch(line::contains))
          .toList();
    }

    private static String text(ILoggingEvent event) {
      String line =
          event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage();
      return event.getThrowableProxy() == null
          ? line
          : line + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
  }
}
