package dev.latchkey.client;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Everything that one logger and those under it log, with the text of what was thrown. */
public final class CapturedLog extends Handler implements AutoCloseable {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger;

  private CapturedLog(Logger logger) {
    this.logger = logger;
  }

  /** What the logger of this name is given; the one without a name is given everything. */
  public static CapturedLog of(String logger) {
    CapturedLog log = new CapturedLog(Logger.getLogger(logger));
    log.logger.addHandler(log);
    return log;
  }

  /** One for each entry. */
  public List<String> lines() {
    return lines;
  }

  /** All of it. */
  public String text() {
    return String.join("\n", lines);
  }

  @Override
  public void publish(LogRecord entry) {
    StringWriter text = new StringWriter();
    text.append(String.valueOf(entry.getMessage()));
    if (entry.getThrown() != null) {
      entry.getThrown().printStackTrace(new PrintWriter(text));
    }
    lines.add(text.toString());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
