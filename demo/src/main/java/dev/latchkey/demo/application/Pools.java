package dev.latchkey.demo.application;

import dev.latchkey.client.Credential;
import dev.latchkey.client.GetOptions;
import dev.latchkey.client.LatchkeyClient;
import java.time.Duration;

/** Opens the pool that the application was told to use. */
final class Pools {

  private static final Duration FIRST_CREDENTIAL = Duration.ofSeconds(30);

  private Pools() {}

  /** Opens it, once the agent has given the first credential. */
  static Pool open(ApplicationOptions options) {
    if (options.swap()) {
      return new SwappingPool(options);
    }
    try (LatchkeyClient client = LatchkeyClient.builder().socket(options.socket()).build()) {
      Credential first =
          client.get(options.secret(), GetOptions.CURRENT.withAwait(FIRST_CREDENTIAL));
      return new FixedPool(first, options.url(), options.pool());
    }
  }
}
