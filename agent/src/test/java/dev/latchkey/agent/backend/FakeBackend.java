package dev.latchkey.agent.backend;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A remote secret manager in memory, for tests: numbers its versions, lists, and counts its reads.
 */
public final class FakeBackend implements Backend, Writable, Listable {

  private final TreeMap<String, List<BackendRead>> versions = new TreeMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final boolean ordersVersions;

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
        .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, path + " does not exist"));
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
