package dev.latchkey.agent.rotation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rotations of one secret that have not ended, in the order in which they began. Not safe for
 * several threads.
 */
final class OpenRotations {

  private final Map<String, RotationRecord> rows = new LinkedHashMap<>();

  void put(RotationRecord row) {
    rows.put(row.id(), row);
  }

  void remove(RotationRecord row) {
    rows.remove(row.id());
  }

  Optional<RotationRecord> get(String id) {
    return Optional.ofNullable(rows.get(id));
  }

  /** Whether this very row is still how its rotation stands. */
  @SuppressWarnings("ReferenceEquality")
  boolean holds(RotationRecord row) {
    return rows.get(row.id()) == row;
  }

  List<RotationRecord> inOrder() {
    return List.copyOf(rows.values());
  }

  List<RotationRecord> others(RotationRecord row) {
    return rows.values().stream().filter(other -> !other.id().equals(row.id())).toList();
  }

  /** The one on its way to a publish. */
  Optional<RotationRecord> underWay() {
    return rows.values().stream().filter(RotationRecord::underWay).reduce((a, b) -> b);
  }

  /** The newest one that has yet to retire a login role. */
  Optional<RotationRecord> draining() {
    return rows.values().stream().filter(RotationRecord::draining).reduce((a, b) -> b);
  }

  /** Whether another rotation has yet to retire {@code login}. */
  boolean drains(String login, RotationRecord except) {
    return others(except).stream()
        .anyMatch(other -> other.draining() && other.previousLogin().equals(login));
  }

  /**
   * The login role that another rotation is about to make current with a password it already has.
   */
  String pendingLogin(RotationRecord except) {
    return others(except).stream()
        .filter(RotationRecord::underWay)
        .filter(other -> other.kind() != RotationKind.ROTATE || other.isSet())
        .map(RotationRecord::login)
        .findFirst()
        .orElse("");
  }
}
