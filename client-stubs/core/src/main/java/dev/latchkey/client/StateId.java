package dev.latchkey.client;

import java.util.Objects;

/**
 * Names one state of a secret.
 *
 * <p>Two states of one secret are ordered by (version, revision) within one epoch. States of
 * different epochs are not ordered at all: another epoch means that the agent's store was created
 * anew or restored from a backup.
 *
 * @param epoch the lineage of the agent's store, never empty
 * @param version rises by at least one whenever the value changes; the first is 1
 * @param revision rises on any change of the state, its lifetime and its turn between fresh and
 *     stale included
 */
public record StateId(String epoch, long version, long revision) {

  /** Refuses an empty epoch, a version below 1 and a negative revision. */
  public StateId {
    Objects.requireNonNull(epoch, "epoch");
    if (epoch.isEmpty()) {
      throw new IllegalArgumentException("epoch is empty");
    }
    if (version < 1) {
      throw new IllegalArgumentException("version is below 1");
    }
    if (revision < 0) {
      throw new IllegalArgumentException("revision is negative");
    }
  }

  /** Whether both states belong to one lineage and are therefore ordered. */
  public boolean sameEpoch(StateId other) {
    return epoch.equals(other.epoch);
  }

  /**
   * Whether this state follows {@code other} within one epoch; false for states of different
   * epochs.
   */
  public boolean follows(StateId other) {
    return sameEpoch(other)
        && (version > other.version || (version == other.version && revision > other.revision));
  }

  /** Whether both states carry the same value: same epoch and version, whatever the revision. */
  public boolean sameVersion(StateId other) {
    return sameEpoch(other) && version == other.version;
  }
}
