package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;

/**
 * Why a secret manager is not there.
 *
 * @param why as a caller is told
 * @param notBefore for how long it asked to be left alone; zero when it did not
 */
public record Outage(SecretException why, Duration notBefore) {

  /** An outage of a manager that did not say when to come back. */
  public static Outage of(SecretException why) {
    return new Outage(why, Duration.ZERO);
  }
}
