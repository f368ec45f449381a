package dev.latchkey.agent.config;

/**
 * One thing wrong with the configuration.
 *
 * @param file which file
 * @param line where in it, from 1; 0 when it cannot be told
 * @param key the path of keys, such as {@code secrets.orders-db.max_stale}; empty for the whole
 *     file
 * @param message what is wrong and what to do
 * @param mayPass whether another start may not find it, since somebody who was asked did not answer
 */
public record Problem(String file, int line, String key, String message, boolean mayPass) {

  /** One that stays until somebody mends it. */
  static Problem lasting(String file, int line, String key, String message) {
    return new Problem(file, line, key, message, false);
  }

  @Override
  public String toString() {
    String place = line == 0 ? file : file + ":" + line;
    return place + ": " + (key.isEmpty() ? "" : key + ": ") + message;
  }
}
