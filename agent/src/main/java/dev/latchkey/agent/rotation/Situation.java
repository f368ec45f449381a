package dev.latchkey.agent.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a step depends on, at one instant.
 *
 * @param currentLogin the login role of the current version; empty for none or unknown
 * @param currentVersion the current version; 0 for none; absent when it cannot be read
 * @param pendingLogin the login role that another rotation is about to publish; empty for none
 * @param loginDrains whether another rotation has yet to retire this one's login role
 * @param acknowledged whether every holder of an earlier version acknowledged this rotation's
 * @param storesFirst whether a secret manager keeps a copy that is written before the publish
 * @param rollbackWindow for how long after the publish a rollback stays possible in any case
 */
record Situation(
    Instant now,
    String currentLogin,
    Optional<Long> currentVersion,
    String pendingLogin,
    boolean loginDrains,
    boolean acknowledged,
    boolean storesFirst,
    Duration rollbackWindow) {}
