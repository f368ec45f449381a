package dev.latchkey.demo.application;

import java.nio.file.Path;
import java.util.List;

/**
 * How the application is told to run, as it stands on its command line; nothing of it is secret.
 *
 * @param socket the agent's application socket
 * @param secret the name of the database credential
 * @param url where the database is; empty when the credential says so
 * @param threads how many threads run transactions
 * @param pool how many connections they share
 * @param swap true to follow the rotation; false for a pool that keeps the first credential
 */
public record ApplicationOptions(
    Path socket, String secret, String url, int threads, int pool, boolean swap) {

  private static final int COUNT = 6;

  /** The options as arguments. */
  public List<String> arguments() {
    return List.of(
        socket.toString(),
        secret,
        url,
        Integer.toString(threads),
        Integer.toString(pool),
        Boolean.toString(swap));
  }

  /** Reads what {@link #arguments} wrote. */
  static ApplicationOptions parse(String[] arguments) {
    if (arguments.length != COUNT) {
      throw new IllegalArgumentException("usage: SOCKET SECRET URL THREADS POOL SWAP");
    }
    return new ApplicationOptions(
        Path.of(arguments[0]),
        arguments[1],
        arguments[2],
        Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4]),
        Boolean.parseBoolean(arguments[5]));
  }
}
