package dev.latchkey.agent.rotation;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of a rotation: enough to take it up again after a crash with the same candidate.
 *
 * @param step the step last persisted; its act may be missing and is then done again. Never
 *     BLOCKED, which is only shown
 * @param login the login role that is written; empty for none
 * @param candidate the password that the login role is given; empty for a rollback, once it is
 *     published or undone, and where what is kept of it cannot be opened any more
 * @param previousLogin the login role to retire after the publish; empty for none
 * @param previousVersion the version that was current when the rotation was planned; 0 for none
 * @param version the version it published; 0 before that
 * @param rolledBackFrom for a rollback, the version whose content is published again; else 0
 * @param requestId joins a repeat to the first; empty for none
 * @param stepAt when the step was persisted
 * @param publishedAt when the version was published
 * @param retireAt the hard end of the overlap, after which the previous login role is retired
 * @param endedSessions how many sessions of the previous login role had to be ended
 * @param failure why it is being undone or ended without success, as a safe sentence; empty while
 *     it goes well
 */
public record RotationRecord(
    String id,
    SecretName name,
    RotationKind kind,
    RotationStep step,
    String login,
    Optional<SecretValue> candidate,
    String previousLogin,
    long previousVersion,
    long version,
    long rolledBackFrom,
    String requestId,
    String actor,
    Instant startedAt,
    Instant stepAt,
    Optional<Instant> publishedAt,
    Optional<Instant> retireAt,
    int endedSessions,
    String failure) {

  public RotationRecord {
    if (step == RotationStep.BLOCKED) {
      throw new IllegalArgumentException("a blocked rotation keeps the step it has");
    }
  }

  /** Whether nothing is left to do. */
  public boolean ended() {
    return step.ends();
  }

  /** Whether its version is published and the previous login role still lives. */
  public boolean draining() {
    return step == RotationStep.PUBLISHED || step == RotationStep.DRAINED;
  }

  /** Whether it is on its way to a publish. */
  public boolean underWay() {
    return !ended() && !draining();
  }

  /** Whether the target may already have the candidate, and nothing is published yet. */
  boolean isSet() {
    return step == RotationStep.SET || step == RotationStep.VERIFIED || step == RotationStep.STORED;
  }

  /** The same at another step. */
  RotationRecord at(RotationStep next, Instant now) {
    return with(next, candidate, version, now, publishedAt, retireAt, endedSessions, failure);
  }

  /** The same, published as {@code published}; the candidate lives on in that version alone. */
  RotationRecord published(long published, Instant now, Instant hardEnd) {
    return with(
        RotationStep.PUBLISHED,
        Optional.empty(),
        published,
        now,
        Optional.of(now),
        Optional.of(hardEnd),
        endedSessions,
        failure);
  }

  /** The same with the reason for which it is undone. */
  RotationRecord failing(String why) {
    return with(step, candidate, version, stepAt, publishedAt, retireAt, endedSessions, why);
  }

  /** The same with the sessions that retirement ended. */
  RotationRecord endedSessions(int sessions) {
    return with(step, candidate, version, stepAt, publishedAt, retireAt, sessions, failure);
  }

  /** The same, ended without a publish or with its retirement cancelled. */
  RotationRecord closed(RotationStep end, String why, Instant now) {
    return with(
        end, Optional.empty(), version, now, publishedAt, Optional.empty(), endedSessions, why);
  }

  /** The same but for what changes on its way. */
  private RotationRecord with(
      RotationStep newStep,
      Optional<SecretValue> newCandidate,
      long newVersion,
      Instant newStepAt,
      Optional<Instant> newPublishedAt,
      Optional<Instant> newRetireAt,
      int newEndedSessions,
      String newFailure) {
    return new RotationRecord(
        id,
        name,
        kind,
        newStep,
        login,
        newCandidate,
        previousLogin,
        previousVersion,
        newVersion,
        rolledBackFrom,
        requestId,
        actor,
        startedAt,
        newStepAt,
        newPublishedAt,
        newRetireAt,
        newEndedSessions,
        newFailure);
  }
}
