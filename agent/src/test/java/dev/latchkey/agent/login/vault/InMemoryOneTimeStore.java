package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.OneTimeStore;
import dev.latchkey.agent.store.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was opened, in memory; outlives a login as the state store outlives a process. */
public final class InMemoryOneTimeStore implements OneTimeStore {

  private final Map<String, Opened> kept = new HashMap<>();
  @Nullable RuntimeException failure;

  @Override
  public void keep(Transaction transaction, String backend, Opened opened) {
    if (failure != null) {
      throw failure;
    }
    kept.put(backend, opened);
  }

  @Override
  public Optional<Opened> find(Transaction transaction, String backend) {
    return Optional.ofNullable(kept.get(backend));
  }

  void clear() {
    kept.clear();
  }
}
