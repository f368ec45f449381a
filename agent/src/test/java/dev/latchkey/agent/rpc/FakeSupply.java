package dev.latchkey.agent.rpc;

import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.supply.Supply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Puts what it is told as version 1, and knows three names under a prefix. */
final class FakeSupply implements Supply {

  private final LoopGuard guard;
  private final FakeCurrent current;
  private final List<VersionChange> changes = new CopyOnWriteArrayList<>();

  FakeSupply(LoopGuard guard, FakeCurrent current) {
    this.guard = guard;
    this.current = current;
  }

  @Override
  public Published put(Put put) {
    guard.blocks("supply.put");
    Held held = FakeCurrent.state(put.name().text(), 1, Map.of("value", "put"));
    current.put(held);
    return new Published(held.state(), true);
  }

  @Override
  public List<String> change(VersionChange change) {
    guard.blocks("supply.change");
    if (change.name().text().equals("local")) {
      throw SecretException.of(Reason.UNSUPPORTED, "no versions can be taken away");
    }
    changes.add(change);
    return change.versions().isEmpty() ? List.of("7") : change.versions();
  }

  /** What was taken away and brought back. */
  List<VersionChange> changes() {
    return changes;
  }

  @Override
  public List<SecretName> list(String prefix, String after, int limit) {
    guard.blocks("supply.list");
    return List.of("app/a", "app/b", "forbidden/c").stream()
        .filter(name -> name.startsWith(prefix) && name.compareTo(after) > 0)
        .limit(limit)
        .map(SecretName::new)
        .toList();
  }
}
