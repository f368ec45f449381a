package dev.latchkey.client;

import java.time.Duration;
import java.util.Objects;

/**
 * How to read one secret.
 *
 * @param field return only this field; empty for all
 * @param backendVersion return the version that the secret manager calls by this text; empty for
 *     the current one
 * @param await when nothing is available yet, let the agent wait so long for the first value; zero
 *     answers at once
 */
public record GetOptions(String field, String backendVersion, Duration await) {

  /** Everything of the current version, answered at once. */
  public static final GetOptions CURRENT = new GetOptions("", "", Duration.ZERO);

  /** Refuses a negative wait. */
  public GetOptions {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(backendVersion, "backendVersion");
    if (await.isNegative()) {
      throw new IllegalArgumentException("await is negative");
    }
  }

  /** The same, but only one field. */
  public GetOptions withField(String name) {
    return new GetOptions(name, backendVersion, await);
  }

  /** The same, but an earlier version by the secret manager's own name for it. */
  public GetOptions withBackendVersion(String version) {
    return new GetOptions(field, version, await);
  }

  /**
   * The same, but waiting for the first value. The call's deadline is this and the client's call
   * timeout together.
   */
  public GetOptions withAwait(Duration duration) {
    return new GetOptions(field, backendVersion, duration);
  }
}
