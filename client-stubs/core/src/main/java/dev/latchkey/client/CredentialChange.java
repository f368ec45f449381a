package dev.latchkey.client;

import java.util.Objects;

/**
 * What a watch tells of one secret: its state differs from what the listener was last told.
 *
 * @param credential the state now; without fields when only metadata is watched
 * @param snapshot whether everything held of this secret must be dropped, because the epoch is
 *     another one
 * @param skipped how many versions became current between the one told last and this, and are never
 *     told
 */
public record CredentialChange(Credential credential, boolean snapshot, long skipped) {

  /** Refuses a negative count. */
  public CredentialChange {
    Objects.requireNonNull(credential, "credential");
    if (skipped < 0) {
      throw new IllegalArgumentException("skipped is negative");
    }
  }

  /** This change as told in place of {@code earlier}, which was never told. */
  CredentialChange inPlaceOf(CredentialChange earlier) {
    boolean newValue = !earlier.credential.state().sameVersion(credential.state());
    long untold = newValue ? earlier.skipped + 1 + skipped : earlier.skipped + skipped;
    return new CredentialChange(
        credential, snapshot || earlier.snapshot, snapshot ? skipped : untold);
  }
}
