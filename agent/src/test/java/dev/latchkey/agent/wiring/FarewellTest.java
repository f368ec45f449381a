package dev.latchkey.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holder.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FarewellTest {

  private final List<String> done = new ArrayList<>();
  private boolean applicationEnded;

  private Farewell farewell(AutoCloseable files) {
    return new Farewell(
        files,
        file -> done.contains("files") && file.equals("file:removed"),
        watcher -> watcher.equals("connected"),
        () -> applicationEnded,
        isGone -> {
          done.add("leases");
          for (Holder holder :
              List.of(
                  new Holder(Kind.FILE, "file:removed", false),
                  new Holder(Kind.FILE, "file:kept", false),
                  new Holder(Kind.READ, "reader", false),
                  new Holder(Kind.ENVIRONMENT, "child", false),
                  new Holder(Kind.WATCH, "connected", true),
                  new Holder(Kind.WATCH, "away", true))) {
            if (isGone.test(holder)) {
              done.add(holder.id());
            }
          }
        });
  }

  @Test
  void filesAreLeftFirstAndNoLeaseWaitsForThem() throws Exception {
    farewell(() -> done.add("files")).close();
    assertThat(done).containsExactly("files", "leases", "file:removed", "away");
  }

  @Test
  void ofAnApplicationThatHasEndedNothingIsHeldButByWatchers() throws Exception {
    applicationEnded = true;
    farewell(() -> done.add("files")).close();
    assertThat(done)
        .containsExactly("files", "leases", "file:removed", "file:kept", "reader", "child", "away");
  }

  @Test
  void leasesAreLetGoThoughFilesCannotBeLeft() {
    Farewell farewell =
        farewell(
            () -> {
              throw new IOException("a read-only file system");
            });
    assertThatThrownBy(farewell::close).isInstanceOf(IOException.class);
    assertThat(done).containsExactly("leases", "away");
  }
}
