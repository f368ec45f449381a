package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;

/**
 * Names the value of a credential: versions are ordered within one epoch and not across.
 *
 * @param epoch the lineage of the agent's store
 * @param version rises whenever the value changes
 */
record VersionKey(String epoch, long version) {

  static VersionKey of(Credential credential) {
    return new VersionKey(credential.state().epoch(), credential.state().version());
  }

  /** Whether a connection of this version is to go once {@code current} is current. */
  boolean supersededBy(VersionKey current) {
    return !epoch.equals(current.epoch) || version < current.version;
  }
}
