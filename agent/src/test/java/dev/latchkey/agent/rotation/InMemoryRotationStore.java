package dev.latchkey.agent.rotation;

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

  @Override
  public synchronized void save(Transaction transaction, RotationRecord rotation) {
    rows.put(rotation.id(), rotation);
  }

  @Override
  public synchronized List<RotationRecord> open(Transaction transaction) {
    return rows.values().stream().filter(row -> !row.ended()).toList();
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
