package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;
import java.time.Instant;
import java.util.Optional;

/**
 * How a rotation stands.
 *
 * @param waiting what it waits for, such as {@code waiting: drain}; empty when it does not
 * @param failure why it failed, as a safe sentence; empty when it did not
 * @param login the login role that it writes
 * @param version the version it published; 0 before that
 * @param retireAt when the credential before is retired at the latest
 */
public record RotationState(
    String id,
    SecretName name,
    RotationStep step,
    String waiting,
    String failure,
    String login,
    long version,
    Instant startedAt,
    Instant stepAt,
    Optional<Instant> nextAt,
    Optional<Instant> retireAt,
    int endedSessions) {}
