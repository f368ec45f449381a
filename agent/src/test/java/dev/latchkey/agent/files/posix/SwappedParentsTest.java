package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.machine.OwnRights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody exchanges a directory or the target for a symlink while deliveries are written. Each
 * write ends in the directory that it opened or is refused; nothing ever reaches what the symlink
 * points to.
 */
@SuppressWarnings("restricted") // renameat2, which Java does not offer
class SwappedParentsTest {

  private static final int WRITES = Boolean.getBoolean("latchkey.soak") ? 5_000 : 60;

  private static final MethodHandle RENAMEAT2 =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("renameat2"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));

  private static final int EXCHANGE = 2;

  @TempDir Path temporary;

  private final PosixFileTree tree = Deliveries.tree();

  @ParameterizedTest
  @EnumSource(Placement.Kind.class)
  void nothingIsWrittenOutsideWhileAParentIsExchangedForASymlink(Placement.Kind kind)
      throws Exception {
    Path outside = Files.createDirectories(temporary.resolve("outside/below"));
    Path parent = Files.createDirectory(temporary.resolve("parent"));
    Files.createDirectory(parent.resolve("below"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary.resolve("outside"));
    Placement placement = Placement.of(parent.resolve("below/token"), kind);

    Counts counts = writeWhile(placement, () -> exchange(parent, link));

    assertThat(outside).isEmptyDirectory();
    assertThat(Deliveries.names(temporary.resolve("outside"))).containsExactly("below");
    assertThat(counts.refused).isPositive();
    System.out.printf(
        "parent exchanged, %s: %d written, %d refused, 0 outside%n",
        kind, counts.written, counts.refused);
  }

  @ParameterizedTest
  @EnumSource(Placement.Kind.class)
  void nothingIsFollowedWhileASymlinkIsPlantedAsTheTarget(Placement.Kind kind) throws Exception {
    Path victim = Files.writeString(temporary.resolve("victim"), "untouched");
    Path directory = Files.createDirectory(temporary.resolve("directory"));
    Path planted = directory.resolve("planted");
    Placement placement = Placement.of(directory.resolve("token"), kind);

    Counts counts =
        writeWhile(
            placement,
            () -> {
              Files.createSymbolicLink(planted, victim);
              Files.move(planted, placement.path(), StandardCopyOption.ATOMIC_MOVE);
              Files.delete(placement.path());
            });

    assertThat(victim).hasContent("untouched");
    assertThat(counts.refused).isPositive();
    System.out.printf(
        "symlink planted as target, %s: %d written, %d refused, 0 followed%n",
        kind, counts.written, counts.refused);
  }

  @Test
  void aParentThatIsExchangedAfterItWasOpenedIsStillTheOneThatIsWrittenIn() throws Exception {
    Path parent = Files.createDirectory(temporary.resolve("parent"));
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Placement placement = Deliveries.file(parent.resolve("token"));
    Wanted wanted = Wanted.of(placement, OwnRights.read(), Deliveries.accounts());
    try (Directory opened = new Parents(OwnRights.read()).make(wanted)) {
      Files.move(parent, temporary.resolve("moved"));
      Files.createSymbolicLink(parent, outside);
      NewFile.write(opened, "token", new byte[] {1}, wanted.ownership());
    }

    assertThat(outside).isEmptyDirectory();
    assertThat(temporary.resolve("moved/token")).hasBinaryContent(new byte[] {1});
  }

  private Counts writeWhile(Placement placement, Step step) throws Exception {
    AtomicBoolean going = new AtomicBoolean(true);
    AtomicReference<Throwable> trouble = new AtomicReference<>();
    Thread exchanging =
        Thread.ofPlatform()
            .name("exchanging")
            .uncaughtExceptionHandler((thread, thrown) -> trouble.set(thrown))
            .start(
                () -> {
                  try {
                    while (going.get()) {
                      step.make();
                    }
                  } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                  }
                });
    Counts counts = new Counts();
    try {
      for (int number = 1; counts.needMore(); number++) {
        try {
          tree.write(placement, contents(placement.kind(), number));
          counts.written++;
        } catch (PlacementRefused refused) {
          assertThat(refused).hasMessageContaining(temporary.toString());
          counts.refused++;
        }
      }
    } finally {
      going.set(false);
      exchanging.join();
    }
    assertThat(trouble.get()).isNull();
    return counts;
  }

  private static List<FileContent> contents(Placement.Kind kind, int number) {
    return switch (kind) {
      case FILE -> Deliveries.one("number " + number);
      case SET -> Deliveries.three("number " + number);
    };
  }

  /** Exchanges two entries in one step, so that neither name is ever missing. */
  private static void exchange(Path one, Path other) {
    try (Arena arena = Arena.ofConfined()) {
      int answer =
          (int)
              RENAMEAT2.invokeExact(
                  Flags.AT_FDCWD,
                  arena.allocateFrom(one.toString()),
                  Flags.AT_FDCWD,
                  arena.allocateFrom(other.toString()),
                  EXCHANGE);
      assertThat(answer).isZero();
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /** One step of whoever disturbs. */
  private interface Step {
    void make() throws IOException;
  }

  private static final class Counts {
    private int written;
    private int refused;

    boolean needMore() {
      return written < WRITES;
    }
  }
}
