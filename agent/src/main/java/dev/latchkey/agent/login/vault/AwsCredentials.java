package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.secret.SecretValue;
import java.util.Optional;

/**
 * A key of AWS.
 *
 * @param sessionToken goes with keys that end by themselves
 */
public record AwsCredentials(
    String accessKeyId, SecretValue secretKey, Optional<SecretValue> sessionToken) {

  /** Where the key comes from; asked before each login. */
  @FunctionalInterface
  public interface Source {

    /**
     * The key now.
     *
     * @throws dev.latchkey.agent.secret.SecretException NOT_POSSIBLE_NOW when there is none
     */
    AwsCredentials get();
  }
}
