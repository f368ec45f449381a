package dev.latchkey.jdbc;

import java.time.Instant;
import java.util.Optional;

/**
 * What a pool did with one version of its credential. Counts only rise, except what is open and
 * opening now.
 *
 * @param epoch the lineage that the version belongs to
 * @param version the version
 * @param username the login that the version carries
 * @param logins physical connections that were opened with it
 * @param closes physical connections of it that were closed
 * @param openNow physical connections of it that are open at this moment, in use or idle
 * @param openingNow logins with it that are under way at this moment
 * @param loginFailures logins with it that the database refused
 * @param receivedAt when the pool first learnt of it
 * @param firstUsedAt when a connection of it was first handed to the application
 * @param acknowledgedAt when the agent took the acknowledgement that nothing older is in use
 */
public record VersionStatistics(
    String epoch,
    long version,
    String username,
    long logins,
    long closes,
    long openNow,
    long openingNow,
    long loginFailures,
    Instant receivedAt,
    Optional<Instant> firstUsedAt,
    Optional<Instant> acknowledgedAt) {}
