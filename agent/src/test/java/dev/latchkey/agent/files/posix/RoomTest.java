package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.Warns;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.OwnRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {

  private static final OwnRights OWN = OwnRights.read();

  @TempDir Path directory;

  private final Parents parents = new Parents(OWN);
  private final Room room = new Room(parents);
  private final List<String> asked = new ArrayList<>();
  private Wanted own;

  @BeforeEach
  void aWriterOfASet() {
    own = beside("own");
  }

  private static Wanted wanted(Path path) {
    return Wanted.of(Deliveries.set(path), OWN, Deliveries.accounts());
  }

  private void note(Wanted set, ReentrantLock turn, boolean canSpare) throws IOException {
    try (Directory found = parents.find(set).orElseThrow()) {
      room.note(
          set,
          found,
          turn,
          in -> {
            asked.add(set.name());
            return canSpare;
          });
    }
  }

  private Wanted beside(String name) {
    return wanted(directory.resolve(name));
  }

  /** Writes where there is room only after so many times. */
  private String write(int times, int errno) throws IOException {
    List<String> tried = new ArrayList<>();
    return room.making(
        own,
        () -> {
          tried.add("once");
          if (tried.size() <= times) {
            throw new PosixFault("write", own.path(), errno);
          }
          return "written at try " + tried.size();
        });
  }

  @Test
  void theOwnSetSparesFirst() throws IOException {
    note(own, new ReentrantLock(), true);
    note(beside("other"), new ReentrantLock(), true);
    assertThat(write(1, Errno.ENOSPC)).isEqualTo("written at try 2");
    assertThat(asked).containsExactly("own");
  }

  @Test
  void whereThatIsNotEnoughAllOthersSpare() throws IOException {
    note(own, new ReentrantLock(), true);
    note(beside("one"), new ReentrantLock(), false);
    note(beside("other"), new ReentrantLock(), true);
    assertThat(write(2, Errno.EDQUOT)).isEqualTo("written at try 3");
    assertThat(asked).startsWith("own").contains("one", "other");
  }

  @Test
  void aSetWhoseTurnAnotherThreadHasIsNotWaitedFor() throws Exception {
    ReentrantLock turn = new ReentrantLock();
    note(beside("busy"), turn, true);
    CompletableFuture.runAsync(turn::lock).get(30, TimeUnit.SECONDS);
    assertThatThrownBy(() -> write(1, Errno.ENOSPC)).hasMessageContaining("no space is left");
    assertThat(asked).isEmpty();
  }

  @Test
  void whatCannotBeSparedAndOtherFaultsAreToldAsTheyAre() throws IOException {
    note(beside("other"), new ReentrantLock(), false);
    assertThatThrownBy(() -> write(1, Errno.ENOSPC)).hasMessageContaining("no space is left");
    assertThat(asked).containsExactly("other");
    assertThatThrownBy(() -> write(1, Errno.EROFS)).hasMessageContaining("read-only");
    assertThat(asked).containsExactly("other");
  }

  @Test
  void aSetOnAnotherFileSystemIsLeftAlone() throws IOException {
    Path memory = Path.of("/dev/shm");
    Precondition.require(
        "another file system than that of temporary files",
        Files.isWritable(memory)
            && !Files.getFileStore(memory).equals(Files.getFileStore(directory)));
    note(wanted(memory.resolve("latchkey-room")), new ReentrantLock(), true);
    assertThatThrownBy(() -> write(1, Errno.ENOSPC)).hasMessageContaining("no space is left");
    assertThat(asked).isEmpty();
  }

  @Test
  @Warns("was exchanged")
  void aSetThatCannotBeLookedAtKeepsNoOtherFromSparing() throws IOException {
    Wanted refused = beside("refused");
    try (Directory found = parents.find(refused).orElseThrow()) {
      room.note(
          refused,
          found,
          new ReentrantLock(),
          in -> {
            throw new PlacementRefused(refused.path(), "was exchanged");
          });
    }
    note(beside("other"), new ReentrantLock(), true);
    assertThat(write(1, Errno.ENOSPC)).isEqualTo("written at try 2");
  }
}
