package dev.latchkey.agent.current;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.store.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Versions in memory, for tests: the port of {@code current}, and the one through which the local
 * backend reads. Safe for use by several threads.
 */
public final class InMemoryVersionStore implements VersionStore, StoredVersions {

  private final Map<SecretName, TreeMap<Long, SecretState>> values = new TreeMap<>();
  private final Map<SecretName, Row> rows = new HashMap<>();
  private final Map<String, SecretState> requests = new HashMap<>();
  private final Map<String, Requested> others = new HashMap<>();
  private final Set<SecretName> withdrawn = new HashSet<>();
  private Epoch epoch = new Epoch("epoch-1");
  private int writes;

  /** The last state of a name, with or without its value kept. */
  private record Row(SecretState state, Instant confirmedAt, boolean keepValue) {}

  @Override
  public synchronized Epoch epoch(Transaction transaction) {
    return epoch;
  }

  /** Begins another lineage, as a restore does. */
  public synchronized void restoredAs(Epoch another) {
    epoch = another;
  }

  @Override
  public synchronized Optional<Stored> current(Transaction transaction, SecretName name) {
    return Optional.ofNullable(rows.get(name))
        .filter(Row::keepValue)
        .map(row -> new Stored(row.state(), row.confirmedAt()));
  }

  @Override
  public synchronized Optional<SecretState> version(
      Transaction transaction, SecretName name, long version) {
    return Optional.ofNullable(kept(name).get(version));
  }

  @Override
  public synchronized List<SecretState> history(
      Transaction transaction, SecretName name, int limit) {
    return kept(name).descendingMap().values().stream().limit(limit).toList();
  }

  private NavigableMap<Long, SecretState> kept(SecretName name) {
    return values.getOrDefault(name, new TreeMap<>());
  }

  @Override
  public synchronized Optional<Known> known(
      Transaction transaction, SecretName name, SecretState candidate) {
    return Optional.ofNullable(rows.get(name))
        .map(row -> new Known(row.state().id(), isSame(row.state(), candidate)));
  }

  private static boolean isSame(SecretState a, SecretState b) {
    return a.content().equals(b.content());
  }

  @Override
  public synchronized void write(
      Transaction transaction, SecretState state, Instant confirmedAt, boolean keepValue) {
    writes++;
    withdrawn.remove(state.name());
    rows.put(state.name(), new Row(state, confirmedAt, keepValue));
    if (keepValue) {
      values
          .computeIfAbsent(state.name(), name -> new TreeMap<>())
          .put(state.id().version(), state);
    }
  }

  @Override
  public synchronized Optional<SecretState> byRequest(Transaction transaction, String requestId) {
    return Optional.ofNullable(requests.get(requestId));
  }

  @Override
  public synchronized void keepRequest(
      Transaction transaction, String requestId, SecretState state) {
    requests.put(requestId, state);
  }

  @Override
  public synchronized Optional<Requested> requestedFor(Transaction transaction, String requestId) {
    return Optional.ofNullable(requests.get(requestId))
        .map(state -> new Requested(state.name(), ""))
        .or(() -> Optional.ofNullable(others.get(requestId)));
  }

  @Override
  public synchronized void keepRequest(
      Transaction transaction, String requestId, Requested requested) {
    others.putIfAbsent(requestId, requested);
  }

  @Override
  public synchronized void forget(
      Transaction transaction, SecretName name, List<String> backendVersions, boolean newest) {
    kept(name).values().removeIf(state -> backendVersions.contains(state.backendVersion()));
    Row row = rows.get(name);
    if (newest && row != null) {
      withdrawn.add(name);
      kept(name).remove(row.state().id().version());
      rows.put(name, new Row(row.state(), row.confirmedAt(), false));
    }
  }

  @Override
  public synchronized Set<SecretName> withdrawn(Transaction transaction) {
    return Set.copyOf(withdrawn);
  }

  @Override
  public synchronized boolean isWithdrawn(Transaction transaction, SecretName name) {
    return withdrawn.contains(name);
  }

  @Override
  public synchronized List<SecretName> names(Transaction transaction, String prefix) {
    return values.keySet().stream().filter(name -> name.text().startsWith(prefix)).toList();
  }

  @Override
  public synchronized Optional<BackendRead> newest(String path) {
    return Optional.ofNullable(rows.get(new SecretName(path)))
        .filter(Row::keepValue)
        .map(row -> read(row.state()));
  }

  @Override
  public synchronized Optional<BackendRead> version(String path, String version) {
    return kept(new SecretName(path)).values().stream()
        .filter(state -> state.backendVersion().equals(version))
        .findFirst()
        .map(InMemoryVersionStore::read);
  }

  private static BackendRead read(SecretState state) {
    return new BackendRead(state.content(), state.backendVersion(), state.lifetime());
  }

  @Override
  public synchronized List<String> paths(String prefix, String after, int limit) {
    return values.keySet().stream()
        .map(SecretName::text)
        .filter(path -> path.startsWith(prefix) && path.compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  /** The last id given to a name. */
  public synchronized Optional<StateId> lastId(SecretName name) {
    return Optional.ofNullable(rows.get(name)).map(row -> row.state().id());
  }

  /** How often anything was written. */
  public synchronized int writes() {
    return writes;
  }
}
