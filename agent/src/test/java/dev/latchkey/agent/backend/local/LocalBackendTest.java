package dev.latchkey.agent.backend.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendContract;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.Loader;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalBackendTest extends BackendContract {

  private final FakeTime time = new FakeTime();
  private final InMemoryVersionStore store = new InMemoryVersionStore();
  private final LocalBackend local = new LocalBackend("local", store);
  private final CaffeineCurrent current = current();

  private CaffeineCurrent current() {
    Mount all = new Mount("", "local", Duration.ofHours(1), Duration.ofMinutes(5));
    DeclaredCatalog catalog = new DeclaredCatalog(List.of(), List.of(all), List.of(), Set.of());
    CaffeineCurrent made =
        new CaffeineCurrent(
            store, new InMemoryTransactions(), new SilentAudit(), catalog, time, 1 << 24);
    made.start(new NoLoader());
    return made;
  }

  @Override
  protected Backend backend() {
    return local;
  }

  /** Only the door writes what the local backend reads. */
  @Override
  protected void seed(String path, SecretContent content) {
    current.publish(
        Change.byAgent(new SecretName(path), content, Cause.PUT, time.now()), Alongside.NOTHING);
  }

  @Test
  void anInterruptedReadIsUnavailable() {
    seed("a", FakeBackend.text("one"));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> local.read("a", Optional.empty()))
          .hasMessageContaining("interrupted");
    } finally {
      Thread.interrupted();
    }
  }

  private static final class NoLoader implements Loader {

    @Override
    public SecretState load(SecretName name) {
      throw new AssertionError("nothing is loaded here");
    }

    @Override
    public SecretState loadVersion(SecretName name, String backendVersion) {
      throw new AssertionError("nothing is loaded here");
    }
  }
}
