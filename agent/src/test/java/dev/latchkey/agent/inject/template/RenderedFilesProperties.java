package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.files.posix.PosixFileTree;
import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.InlineFileThreads;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PlacementRefused;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.inject.Values;
import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import dev.latchkey.agent.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever a template and its values do, and whether or not its place is refused, the file on the
 * disk holds all of the old text or all of the new, for whoever reads it at any moment.
 */
class RenderedFilesProperties {

  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 400 : 30;
  private static final Path IN_MEMORY = Path.of("/dev/shm");
  private static final Set<PosixFilePermission> FOR_THE_OWNER =
      PosixFilePermissions.fromString("rwx------");

  /** Which a parent directory must not be. */
  private static final Set<PosixFilePermission> FOR_EVERYBODY =
      PosixFilePermissions.fromString("rwxrwxrwx");

  private static final PosixFileTree TREE =
      new PosixFileTree(
          new Nobody(),
          new SecureRandom(),
          TimeSource.system(),
          (delay, task) -> () -> {},
          InlineFileThreads.of(TimeSource.system(), (delay, task) -> () -> {}));
  private static final Outcomes OUTCOMES = new Outcomes();
  private static final SecretName A = new SecretName("a");
  private static final SecretName B = new SecretName("b");

  /**
   * One change of a template or a value.
   *
   * @param text whether the value can be written as text
   * @param refused whether the place cannot be written just then
   */
  record Step(List<Piece> pieces, String value, boolean text, boolean refused) {

    String template() {
      return pieces.stream().map(Piece::template).collect(Collectors.joining());
    }

    /** What the file must hold afterwards; empty if what it held. */
    Optional<String> expected() {
      boolean fails =
          refused
              || pieces.stream().anyMatch(piece -> piece.expected().isEmpty())
              || (!text && pieces.stream().anyMatch(Piece::writesValue));
      return fails
          ? Optional.empty()
          : Optional.of(
              pieces.stream()
                  .map(piece -> piece.expected().orElseThrow())
                  .collect(Collectors.joining()));
    }

    /** Every secret has one field; what a template asks for beyond that is missing. */
    Values values() {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      if (!text) {
        bytes[bytes.length - 1] = (byte) 0xff;
      }
      return new Values(
          Map.of(
              A, state(A, Map.of(Piece.FIELD, SecretValue.of(bytes))),
              B, state(B, Map.of("other", SecretValue.ofText("marker-other")))),
          Map.of());
    }

    private static SecretState state(SecretName name, Map<String, SecretValue> fields) {
      return new SecretState(
          name,
          new StateId(new Epoch("one"), 1, 1),
          "v1",
          new SecretContent(fields),
          new Lifetime.Unleased(),
          Instant.EPOCH,
          Instant.EPOCH,
          Optional.empty(),
          0,
          Cause.PUT);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> values =
        HostileTexts.all().map(text -> "marker-" + text + "-").filter(text -> !text.contains("\0"));
    Arbitrary<Step> step =
        values.flatMap(
            value ->
                Combinators.combine(
                        Piece.over(value).list().ofMaxSize(12),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of(false, false, false, true))
                    .as((pieces, text, refused) -> new Step(pieces, value, text, refused)));
    return step.list().ofSize(CHANGES);
  }

  @Property(tries = 15)
  void aFileHoldsTheOldOrTheNewTextWhole(@ForAll("steps") List<Step> steps) throws Exception {
    Path directory =
        Files.isWritable(IN_MEMORY)
            ? Files.createTempDirectory(IN_MEMORY, "latchkey-rendered")
            : Files.createTempDirectory("latchkey-rendered");
    Path file = directory.resolve("app.conf");
    Optional<String> holds = Optional.empty();
    try (RenderedFileReader reader = new RenderedFileReader(file)) {
      for (Step step : steps) {
        step.expected().ifPresent(reader::expect);
        deliver(step, file);
        holds = step.expected().isPresent() ? step.expected() : holds;
        assertThat(held(file)).isEqualTo(holds);
        assertThat(directory.toFile().list()).hasSize(holds.isPresent() ? 1 : 0);
      }
      OUTCOMES.reads += reader.reads();
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }

  @AfterContainer
  static void everyKindOfOutcomeCame() {
    System.out.println("rendered onto a file: " + OUTCOMES);
    assertThat(OUTCOMES.each()).doesNotContain(0L);
  }

  private static Optional<String> held(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** What a delivery does: all of it is rendered before any of it is written. */
  private static void deliver(Step step, Path file) throws IOException {
    Path directory = Objects.requireNonNull(file.getParent(), "a directory");
    try {
      TemplateFormat format = new TemplateFormat(Template.compile("app.conf", step.template()));
      List<FileContent> contents = format.render("app.conf", step.values());
      Files.setPosixFilePermissions(directory, step.refused() ? FOR_EVERYBODY : FOR_THE_OWNER);
      TREE.write(Placement.of(file, Placement.Kind.FILE), contents);
      OUTCOMES.written++;
    } catch (TemplateException failure) {
      OUTCOMES.notCompiled++;
      assertThat(failure.getMessage()).startsWith("app.conf:").doesNotContain("marker-");
    } catch (SecretException failure) {
      OUTCOMES.notRendered++;
      assertThat(failure.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
      assertThat(failure.safeMessage()).startsWith("app.conf:").doesNotContain("marker-");
    } catch (PlacementRefused refused) {
      OUTCOMES.refused++;
      assertThat(step.refused()).isTrue();
    }
  }

  /** How the changes went, all tries together. */
  private static final class Outcomes {

    private long written;
    private long notCompiled;
    private long notRendered;
    private long refused;
    private long reads;

    List<Long> each() {
      return List.of(written, notCompiled, notRendered, refused, reads);
    }

    @Override
    public String toString() {
      return "%d written, %d not compiled, %d failed while rendered, %d refused; %d reads, all whole"
          .formatted(written, notCompiled, notRendered, refused, reads);
    }
  }

  /** Nobody is named. */
  private static final class Nobody implements Accounts {

    @Override
    public OptionalInt uid(String user) {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt gid(String group) {
      return OptionalInt.empty();
    }
  }

  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.of(
            "{{", "}}", "{{{", "}}}", "{{{{", "{{#", "{{/", "{{^", "{{>", "{{!", "{{!--", "--}}",
            "{{~", "~}}", "{{&", "{{*", "{{#*", "{{#>", "{{=", "=}}", "\\", "(", ")", "\"", "'",
            "[", "]", "|", "@", "../", "./", "=", "as |x|", "secret", "has", "each", "if", "else",
            "lines", "fields", "json", " \"a\"", " \"v\"", " 5 ", "this", "@key", " ", "\n", "\r\n",
            "é", "\u0000", "x", ".")
        .list()
        .ofMaxSize(25)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 1000)
  void anyTextIsATemplateOrAnErrorWithItsPlace(@ForAll("soup") String text) {
    SecretContent content = new SecretContent(Map.of("v", SecretValue.ofText("marker-soup")));
    try {
      Template.compile("soup", text).render(Map.of(new SecretName("a"), content));
    } catch (TemplateException failure) {
      assertThat(failure.line())
          .isBetween(1, 1 + (int) text.chars().filter(each -> each == '\n').count());
      assertThat(failure.column()).isBetween(1, text.length() + 3);
      assertThat(failure.problem()).isNotBlank().doesNotContain("marker-");
    }
  }
}
