package dev.latchkey.agent.backend.local;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Listable;
import dev.latchkey.agent.backend.StoredVersions;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the versions that the state store keeps. A path is the whole name of a secret.
 *
 * <p>It writes nothing itself: the door writes and numbers what {@link #put} lets pass, so that a
 * version here never differs from the current state.
 */
public final class LocalBackend implements Backend, Writable, Listable {

  private final String name;
  private final StoredVersions versions;

  /**
   * A backend over the agent's own store.
   *
   * @param name what the configuration calls it, for people
   */
  public LocalBackend(String name, StoredVersions versions) {
    this.name = name;
    this.versions = versions;
  }

  @Override
  public BackendRead read(String path, Optional<String> version) {
    Optional<BackendRead> found =
        asked(
            () ->
                version.isPresent()
                    ? versions.version(path, version.get())
                    : versions.newest(path));
    return found.orElseThrow(() -> notFound(path, version));
  }

  private SecretException notFound(String path, Optional<String> version) {
    String what = version.map(text -> "version " + text + " of " + path).orElse(path);
    return SecretException.of(
        Reason.NOT_FOUND, "the backend \"" + name + "\" has no " + what + "; put it first");
  }

  /** Versions are the store's numbers. */
  @Override
  public boolean ordersVersions() {
    return true;
  }

  /** Lets a value pass to the door, which numbers it: the answer is empty. */
  @Override
  public String put(String path, SecretContent content, Optional<String> expected) {
    expected.ifPresent(text -> requireNewest(path, text));
    return "";
  }

  @Override
  public boolean isNumberedByStore() {
    return true;
  }

  private void requireNewest(String path, String expected) {
    String newest = asked(() -> versions.newest(path)).map(BackendRead::version).orElse("");
    if (!newest.equals(expected)) {
      throw SecretException.of(
          Reason.CONFLICT, path + ": another version is the newest than the one expected");
    }
  }

  @Override
  public List<String> list(String prefix, String after, int limit) {
    return asked(() -> versions.paths(prefix, after, limit));
  }

  private <T> T asked(Supplier<T> question) {
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      throw SecretException.of(Reason.UNAVAILABLE, "the read was interrupted");
    }
    return question.get();
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("backend " + name);
  }
}
