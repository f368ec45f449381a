package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.agent.files.posix.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent delivers under {@code strace}: none of its calls makes, moves, links or gives rights to
 * anything in such a way that more can be seen than was configured, under any name.
 */
class TracedDeliveryTest {

  private static final int CHANGES = 3;
  private static final int GROUP = 1;
  private static final int OWNER_READS = 0400;

  @TempDir Path directory;

  private Path place;
  private Strace strace;

  /**
   * One of the deliveries, alone in a directory, in which the agent makes another one.
   *
   * @param file what is read of it, below its path
   * @param files how many it has
   * @param seen mode, user and group of that file
   */
  private record Delivery(
      String name, String declared, String file, int files, Trace.Allowed allowed, String seen) {

    Path directory(Path place) {
      return place.resolve(name);
    }

    Path path(Path place) {
      return directory(place).resolve("made/" + name);
    }
  }

  private List<Delivery> deliveries() {
    return List.of(
        new Delivery(
            "set",
            "{ secret: app, group: \"%d\", set: { a: { field: a }, b: { field: b } } }"
                .formatted(GROUP),
            "/a",
            2,
            new Trace.Allowed(0640, OptionalInt.empty(), OptionalInt.of(GROUP)),
            "640 0 1"),
        new Delivery(
            "single", "{ secret: app, field: a }", "", 1, Trace.Allowed.own(0600), "600 0 0"),
        new Delivery(
            "template",
            "{ format: template, template: %s }".formatted(directory.resolve("template")),
            "",
            1,
            Trace.Allowed.own(0600),
            "600 0 0"),
        new Delivery(
            "removed",
            "{ secret: app, field: a, on_exit: remove }",
            "",
            1,
            Trace.Allowed.own(0600),
            "600 0 0"),
        new Delivery(
            "blanked",
            "{ secret: app, field: a, on_exit: blank }",
            "",
            1,
            Trace.Allowed.own(0600),
            "600 0 0"),
        new Delivery(
            "gone",
            "{ secret: app, on_exit: remove, set: { a: { field: a }, b: { field: b } } }",
            "/a",
            2,
            Trace.Allowed.own(0600),
            "600 0 0"),
        new Delivery(
            "other",
            "{ secret: app, field: a, owner: \"%1$d\", group: \"%1$d\", mode: 0440 }"
                .formatted(OtherUser.UID),
            "",
            1,
            new Trace.Allowed(0440, OptionalInt.of(OtherUser.UID), OptionalInt.of(OtherUser.UID)),
            "440 %1$d %1$d".formatted(OtherUser.UID)));
  }

  @BeforeEach
  void prepare() throws IOException {
    Precondition.require(Strace.isThere(), "strace, and the right to trace");
    place = Files.createDirectory(directory.resolve("place"));
    strace = new Strace(Files.createDirectory(directory.resolve("traces")));
  }

  @Test
  void noCallOfAnAgentThatDeliversLetsMoreBeSeenThanConfigured() throws Exception {
    List<String> root = root();
    List<String> words = new ArrayList<>(root);
    words.addAll(strace.words());
    try (RunningAgent agent =
            RunningAgent.start(
                directory.resolve("agent"), RunningAgent.Setup.of(declared()).through(words));
        Operator operator = new Operator(agent)) {
      for (int change = 1; change <= CHANGES; change++) {
        operator.put("app", Map.of("a", "a" + change, "b", "b" + change));
        for (Delivery delivery : deliveries()) {
          awaitDelivered(root, delivery, change);
        }
      }
    }

    assertThat(place.resolve("removed/made")).isEmptyDirectory();
    assertThat(place.resolve("blanked/made/blanked")).isEmptyFile();
    assertThat(place.resolve("gone/made")).isEmptyDirectory();

    List<String> calls = strace.calls();
    for (Delivery delivery : deliveries()) {
      Trace trace = trace(delivery.directory(place), delivery.allowed(), calls);
      System.out.printf("strace, %s: %s%n", delivery.name(), trace.counts());
      assertThat(trace.breaches()).as(delivery.name()).isEmpty();
      int swaps = CHANGES + (delivery.name().equals("blanked") ? 1 : 0);
      assertThat(trace.counts()).containsEntry("renameat", swaps).containsKeys("mkdirat");
      for (String each : List.of("fchmod", "write")) {
        assertThat(trace.counts().get(each))
            .as("%s of %s", each, delivery.name())
            .isGreaterThanOrEqualTo(CHANGES * delivery.files());
      }
      assertThat(trace(delivery.directory(place), narrower(delivery.allowed()), calls).breaches())
          .as("%s, were its mode narrower", delivery.name())
          .hasSizeGreaterThanOrEqualTo(CHANGES * delivery.files())
          .allMatch(call -> call.startsWith("fchmod("));
    }
  }

  @Test
  void aFileThatIsMadeWideAndNarrowedAfterwardsIsFound() throws Exception {
    List<String> command = new ArrayList<>(strace.words());
    String naive = "umask 022; echo x > \"$1\"; chmod 600 \"$1\"";
    command.addAll(List.of("sh", "-c", naive, "sh", place.resolve("file").toString()));
    Ran.of(command).ok();

    assertThat(trace(place, Trace.Allowed.own(0600), strace.calls()).breaches())
        .anySatisfy(call -> assertThat(call).contains("O_CREAT", "0666"))
        .anySatisfy(call -> assertThat(call).contains("chmod", "0600"));
  }

  /** The words in front of a command of root, of this machine or of a namespace with its users. */
  private static List<String> root() {
    List<String> words =
        OtherUser.words()
            .orElseGet(
                () -> {
                  Precondition.require(
                      false, "another uid, by setpriv as root or by unshare --map-auto");
                  return List.of();
                });
    return words.subList(0, words.indexOf("setpriv"));
  }

  private String declared() throws IOException {
    Files.writeString(directory.resolve("template"), "{{secret \"app\" \"a\"}}");
    for (Delivery delivery : deliveries()) {
      Files.createDirectory(delivery.directory(place));
    }
    return deliveries().stream()
        .map(
            each ->
                "  %s: %s%n"
                    .formatted(
                        each.name(),
                        each.declared().replaceFirst("\\{", "{ path: " + each.path(place) + ",")))
        .collect(Collectors.joining("", "mounts: [ { prefix: \"\" } ]\nfiles:\n", ""));
  }

  private void awaitDelivered(List<String> root, Delivery delivery, int change) {
    List<String> look = new ArrayList<>(root);
    String both = "cat \"$1\" && stat -L -c ' %a %u %g' \"$1\"";
    look.addAll(List.of("sh", "-c", both, "sh", delivery.path(place) + delivery.file()));
    await(delivery.name() + " to hold change " + change)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> assertThat(Ran.of(look).out()).isEqualTo("a%d %s\n", change, delivery.seen()));
  }

  private static Trace trace(Path directory, Trace.Allowed allowed, List<String> calls) {
    Trace trace = new Trace(directory.toString(), allowed);
    trace.add(calls);
    return trace;
  }

  private static Trace.Allowed narrower(Trace.Allowed allowed) {
    return new Trace.Allowed(allowed.mode() & OWNER_READS, allowed.owner(), allowed.group());
  }
}
