package dev.latchkey.agent.files.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.MadeCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at every system call of a process that delivers, with a umask that hides nothing. */
class TracedWriterTest {

  @TempDir Path temporary;

  private final String group = Deliveries.anotherGroup();
  private Path directory;
  private Path traces;

  @BeforeEach
  void directories() throws IOException {
    Precondition.require(
        "strace", Child.works(List.of("strace", "-qq", "-e", "trace=none", "-o", "/dev/null")));
    directory = Files.createDirectory(temporary.resolve("deliveries"));
    traces = Files.createDirectory(temporary.resolve("traces"));
  }

  @Test
  void noCallLetsAWiderModeBeSeenOrFollowsASymlink() throws Exception {
    Trace trace = trace(List.of(), "kinds", group);

    System.out.println("strace: " + trace.counts());
    assertThat(trace.breaches()).isEmpty();
    assertThat(trace.counts().get("renameat")).isGreaterThanOrEqualTo(28);
    assertThat(trace.counts().get("linkat")).isGreaterThanOrEqualTo(56);
    assertThat(trace.counts())
        .containsKeys("openat", "mkdirat", "fchmod", "symlinkat", "fsync", "write", "unlinkat");
    assertDelivered();
  }

  @Test
  void nothingElseIsSeenOfTheDeliveriesOfEachFormat() throws Exception {
    Path material = Files.createDirectory(temporary.resolve("material"));
    MadeCertificates made = new MadeCertificates(material);
    for (String leaf : List.of("rsa", "ec")) {
      Files.writeString(material.resolve(leaf + ".certificate"), made.pem(leaf, "middle"));
      Files.writeString(material.resolve(leaf + ".private_key"), made.key(leaf));
    }
    Trace trace = trace(List.of(), "formats", group, material.toString());

    System.out.println("strace, each format: " + trace.counts());
    assertThat(trace.breaches()).isEmpty();
    assertThat(trace.counts().get("renameat")).isEqualTo(2 * EveryFormat.DELIVERIES);
    assertThat(trace.counts().get("linkat")).isEqualTo(2 * EveryFormat.FILES);
    assertThat(directory.resolve("app.conf")).content().startsWith("second 'it'\\''s 2'");
    assertThat(directory.resolve("several/app.conf"))
        .hasSameTextualContentAs(directory.resolve("app.conf"));
    assertThat(directory.resolve("combined.pem"))
        .content()
        .contains("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY");
  }

  @Test
  void whereNoFileWithoutANameCanBeHadNoCallDoesEither() throws Exception {
    Trace trace = trace(List.of("-e", "inject=linkat:error=EOPNOTSUPP"), "kinds", group);

    System.out.println("strace, without linkat: " + trace.counts());
    assertThat(trace.breaches()).isEmpty();
    assertThat(trace.counts()).doesNotContainKey("linkat");
    assertDelivered();
  }

  @Test
  void aProgramThatClosesItsFilesTooLateIsFound() throws Exception {
    Trace trace = trace(List.of(), "carelessly");

    assertThat(trace.breaches())
        .anySatisfy(line -> assertThat(line).contains("careless", "O_CREAT", "0666"))
        .anySatisfy(line -> assertThat(line).contains("chmod", "careless", "0600"))
        .anySatisfy(line -> assertThat(line).contains("mkdir", "careless-directory", "0777"));
  }

  private void assertDelivered() throws IOException {
    assertThat(Deliveries.names(directory))
        .containsExactly(
            ".shared-tls.4", ".shared-tls.5", ".shared-tls.6", "own", "shared-tls", "shared-token");
    assertThat(directory.resolve("shared-token")).hasContent("last");
    assertThat(Deliveries.mode(directory.resolve("shared-token"))).isEqualTo(0640);
    assertThat(Deliveries.mode(directory.resolve(".shared-tls.6"))).isEqualTo(0750);
    assertThat(Deliveries.mode(directory.resolve("own/deeper"))).isEqualTo(0700);
    assertThat(Deliveries.names(directory.resolve("own"))).containsExactly("deeper");
    assertThat(Deliveries.names(directory.resolve("own/deeper")))
        .containsExactly(".tls.6", ".tls.7", "tls", "token");
  }

  private Trace.Allowed allowed() {
    int number = Deliveries.number(group);
    return number == Deliveries.ownGid()
        ? Trace.Allowed.own(0640)
        : new Trace.Allowed(0640, OptionalInt.empty(), OptionalInt.of(number));
  }

  private Trace trace(List<String> options, String what, String... rest) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", "umask 0 && exec \"$@\"", "sh", "strace"));
    words.addAll(List.of("-ff", "-y", "-qq", "-e", "signal=none", "-e", Trace.CALLS));
    words.addAll(options);
    words.addAll(List.of("-o", traces.resolve("thread").toString()));
    String[] arguments =
        Stream.concat(Stream.of(what, directory.toString()), Stream.of(rest))
            .toArray(String[]::new);
    assertThat(Child.run(Child.command(words, arguments))).containsExactly("done");

    Trace trace = new Trace(directory.toString(), allowed());
    try (Stream<Path> threads = Files.list(traces)) {
      for (Path thread : threads.toList()) {
        trace.add(Files.readAllLines(thread));
      }
    }
    return trace;
  }
}
