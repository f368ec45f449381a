package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendContract;
import dev.latchkey.agent.backend.local.LocalBackend;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.current.Alongside;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Change;
import dev.latchkey.agent.current.Loader;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of backends, kept by the local one over a real store written by the real door. */
class StoredLocalBackendTest extends BackendContract {

  private static final Mount ALL =
      new Mount("", "local", Duration.ofHours(1), Duration.ofMinutes(5));

  @TempDir Path temporary;
  private final FakeTime time = new FakeTime();
  private OpenedStore opened;
  private CaffeineCurrent current;

  @BeforeEach
  void open() {
    opened = OpenedStore.open(temporary.resolve("state"));
    DeclaredCatalog catalog = new DeclaredCatalog(List.of(), List.of(ALL), List.of(), Set.of());
    current =
        new CaffeineCurrent(
            opened.store().versions(), opened.store(), new SilentAudit(), catalog, time, 1 << 24);
    current.start(new NoLoader());
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected Backend backend() {
    return new LocalBackend("local", opened.store().storedVersions());
  }

  @Override
  protected void seed(String path, SecretContent content) {
    current.publish(
        Change.byAgent(new SecretName(path), content, Cause.PUT, time.now()), Alongside.NOTHING);
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
