package dev.latchkey.agent.secret;

/**
 * Which state of a secret is meant.
 *
 * @param epoch the store's lineage; states of different epochs are not ordered
 * @param version rises when the value changes, from 1
 * @param revision rises on any change, lifetime and freshness included, from 1; never falls when
 *     the version rises
 */
public record StateId(Epoch epoch, long version, long revision) {

  public StateId {
    if (version < 1 || revision < 1) {
      throw new IllegalArgumentException("versions and revisions begin at 1");
    }
  }

  /** Whether this state came after {@code other}; false across epochs. */
  public boolean isAfter(StateId other) {
    return epoch.equals(other.epoch)
        && (version > other.version || (version == other.version && revision > other.revision));
  }
}
