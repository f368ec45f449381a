package dev.latchkey.agent.rotation;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A secret manager that outlives the agent, with the faults that a test asks for. */
final class FakeUpstream implements Backend, Writable, Versioned {

  private FakeBackend kept = new FakeBackend();
  private Consumer<SecretContent> onPut = content -> {};
  private @Nullable SecretException failure;
  private boolean losesAnswers;
  private int puts;

  /** Calls {@code check} with what the agent writes. */
  void onPut(Consumer<SecretContent> check) {
    onPut = check;
  }

  /** Fails every call from now on; null for none. */
  void failWith(@Nullable SecretException why) {
    failure = why;
  }

  /** Turns the manager from up to down, or back. */
  void turnDown() {
    failure =
        failure == null ? SecretException.of(Reason.UNAVAILABLE, "the backend is sealed") : null;
  }

  /** Takes writes from now on, and loses the answers to them. */
  void loseAnswers(boolean lost) {
    losesAnswers = lost;
  }

  /** Turns answers from given to lost, or back. */
  void turnAnswers() {
    losesAnswers = !losesAnswers;
  }

  /** Somebody else writes. */
  void foreign(String path, SecretContent content) {
    kept.put(path, content, Optional.empty());
  }

  /** The mount is made anew, and somebody else is the first to write. */
  void madeAnewWith(String path, SecretContent content) {
    kept = new FakeBackend();
    foreign(path, content);
  }

  Optional<SecretContent> newestContent(String path) {
    try {
      return Optional.of(kept.read(path, Optional.empty()).content());
    } catch (SecretException none) {
      return Optional.empty();
    }
  }

  String newestText(String path) {
    return kept.newest(path);
  }

  /** How many writes of the agent were taken. */
  int puts() {
    return puts;
  }

  private void reach() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public BackendRead read(String path, Optional<String> version) {
    reach();
    return kept.read(path, version);
  }

  @Override
  public boolean ordersVersions() {
    return true;
  }

  @Override
  public String put(String path, SecretContent content, Optional<String> expected) {
    reach();
    String version = kept.put(path, content, expected);
    puts++;
    onPut.accept(content);
    if (losesAnswers) {
      throw SecretException.of(Reason.UNAVAILABLE, "the answer was lost");
    }
    return version;
  }

  @Override
  public String newest(String path) {
    reach();
    return kept.newest(path);
  }

  @Override
  public void delete(String path, List<String> versions) {
    reach();
    kept.delete(path, versions);
  }

  @Override
  public void undelete(String path, List<String> versions) {
    reach();
    kept.undelete(path, versions);
  }

  @Override
  public void destroy(String path, List<String> versions) {
    reach();
    kept.destroy(path, versions);
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("manager");
  }
}
