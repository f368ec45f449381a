package dev.latchkey.agent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps rotations in memory; survives what a test calls a crash, as the test keeps the instance.
 */
public final class InMemoryRotationStore implements RotationStore {

  private final Map<String, RotationRecord> rows = new LinkedHashMap<>();
  private boolean refusesSaves;
  private int refused;

  /** Makes saves fail, or succeed again. */
  synchronized void refuseSaves(boolean refuses) {
    refusesSaves = refuses;
  }

  /** How many saves failed. */
  synchronized int refused() {
    return refused;
  }

  @Override
  public synchronized void save(Transaction transaction, RotationRecord rotation) {
    if (refusesSaves) {
      refused++;
      assertThat(refused).as("saves that were refused, in a hot loop").isLessThan(1000);
      throw SecretException.of(Reason.UNAVAILABLE, "the disk is full");
    }
    rows.put(rotation.id(), rotation);
  }

  /** Makes every candidate that is kept now one that cannot be opened. */
  synchronized void spoilCandidates() {
    rows.replaceAll((id, row) -> withoutCandidate(row));
  }

  private static RotationRecord withoutCandidate(RotationRecord row) {
    return new RotationRecord(
        row.id(),
        row.name(),
        row.kind(),
        row.step(),
        row.login(),
        Optional.empty(),
        row.previousLogin(),
        row.previousVersion(),
        row.version(),
        row.rolledBackFrom(),
        row.requestId(),
        row.actor(),
        row.startedAt(),
        row.stepAt(),
        row.publishedAt(),
        row.retireAt(),
        row.endedSessions(),
        row.failure());
  }

  @Override
  public synchronized List<RotationRecord> open(Transaction transaction, SecretName name) {
    return rows.values().stream().filter(row -> row.name().equals(name) && !row.ended()).toList();
  }

  @Override
  public synchronized List<RotationRecord> history(
      Transaction transaction, SecretName name, int limit) {
    List<RotationRecord> mine =
        new ArrayList<>(rows.values().stream().filter(row -> row.name().equals(name)).toList());
    return mine.reversed().stream().limit(limit).toList();
  }

  @Override
  public synchronized Optional<RotationRecord> byRequest(
      Transaction transaction, SecretName name, String requestId) {
    return rows.values().stream()
        .filter(row -> row.name().equals(name) && row.requestId().equals(requestId))
        .findFirst();
  }
}
