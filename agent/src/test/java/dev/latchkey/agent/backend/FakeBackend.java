package dev.latchkey.agent.backend;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A remote secret manager in memory, for tests: numbers its versions, lists, and counts its reads.
 */
public final class FakeBackend implements Backend, Writable, Versioned, Listable {

  private final TreeMap<String, List<BackendRead>> versions = new TreeMap<>();
  private final Set<String> deleted = new HashSet<>();
  private final Set<String> destroyed = new HashSet<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final boolean ordersVersions;
  private boolean losesAnswers;

  public FakeBackend() {
    this(true);
  }

  public FakeBackend(boolean ordersVersions) {
    this.ordersVersions = ordersVersions;
  }

  /** Keeps a new version with one field, {@code value}. */
  public FakeBackend with(String path, String value) {
    put(path, text(value), Optional.empty());
    return this;
  }

  /** Keeps a new version with a lifetime. */
  public synchronized void with(String path, String value, Lifetime lifetime) {
    List<BackendRead> kept = versions.computeIfAbsent(path, key -> new ArrayList<>());
    kept.add(new BackendRead(text(value), Integer.toString(kept.size() + 1), lifetime));
  }

  /** A content with one field, {@code value}. */
  public static SecretContent text(String value) {
    return new SecretContent(Map.of("value", SecretValue.ofText(value)));
  }

  /** Drops the newest version, as a replica that lags behind does not have it yet. */
  public synchronized void lagBehind(String path) {
    versions.getOrDefault(path, new ArrayList<>()).removeLast();
  }

  @Override
  public synchronized BackendRead read(String path, Optional<String> version) {
    reads.incrementAndGet();
    List<BackendRead> kept = versions.getOrDefault(path, List.of());
    return kept.reversed().stream()
        .filter(read -> version.isEmpty() || version.get().equals(read.version()))
        .findFirst()
        .map(found -> readable(path, found))
        .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, path + " does not exist"));
  }

  private BackendRead readable(String path, BackendRead found) {
    String place = path + " " + found.version();
    if (destroyed.contains(place)) {
      throw SecretException.of(Reason.VERSION_DESTROYED, place + " was destroyed");
    }
    if (deleted.contains(place)) {
      throw SecretException.of(Reason.NOT_FOUND, place + " was deleted");
    }
    return found;
  }

  @Override
  public synchronized String newest(String path) {
    List<BackendRead> kept = versions.getOrDefault(path, List.of());
    return kept.isEmpty() ? "" : kept.getLast().version();
  }

  /** Takes versions away from now on, and loses the answers to that. */
  public synchronized void loseAnswers(boolean lost) {
    losesAnswers = lost;
  }

  private void answer() {
    if (losesAnswers) {
      throw SecretException.of(Reason.UNAVAILABLE, "the answer was lost");
    }
  }

  @Override
  public synchronized void delete(String path, List<String> named) {
    List<String> all = named.isEmpty() ? List.of(newest(path)) : named;
    all.forEach(version -> deleted.add(path + " " + version));
    answer();
  }

  @Override
  public synchronized void undelete(String path, List<String> named) {
    for (String version : named) {
      if (destroyed.contains(path + " " + version)) {
        throw SecretException.of(Reason.VERSION_DESTROYED, path + " " + version + " was destroyed");
      }
    }
    named.forEach(version -> deleted.remove(path + " " + version));
  }

  @Override
  public synchronized void destroy(String path, List<String> named) {
    named.forEach(version -> destroyed.add(path + " " + version));
    answer();
  }

  @Override
  public boolean ordersVersions() {
    return ordersVersions;
  }

  @Override
  public synchronized String put(String path, SecretContent content, Optional<String> expected) {
    List<BackendRead> kept = versions.computeIfAbsent(path, key -> new ArrayList<>());
    String newest = kept.isEmpty() ? "" : kept.getLast().version();
    if (expected.isPresent() && !expected.get().equals(newest)) {
      throw SecretException.of(Reason.CONFLICT, path + " has another version");
    }
    String version = Integer.toString(kept.size() + 1);
    kept.add(new BackendRead(content, version, new Lifetime.Unleased()));
    return version;
  }

  @Override
  public synchronized List<String> list(String prefix, String after, int limit) {
    return versions.keySet().stream()
        .filter(path -> path.startsWith(prefix) && path.compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  /** How many reads there were. */
  public int reads() {
    return reads.get();
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("fake");
  }
}
