package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.FileTree;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a template and its values do, the file holds all of the old text or all of the new. */
class RenderedFilesProperties {

  private static final int CHANGES = Boolean.getBoolean("latchkey.soak") ? 400 : 30;
  private static final Placement FILE =
      Placement.of(Path.of("/run/app/app.conf"), Placement.Kind.FILE);

  /**
   * One change of a template or a value.
   *
   * @param text whether the value can be written as text
   */
  record Step(List<Piece> pieces, String value, boolean text, boolean full) {

    String template() {
      return pieces.stream().map(Piece::template).collect(Collectors.joining());
    }

    /** What the file must hold afterwards; empty if what it held. */
    Optional<String> expected() {
      boolean fails =
          full
              || pieces.stream().anyMatch(piece -> piece.expected().isEmpty())
              || (!text && pieces.stream().anyMatch(Piece::writesValue));
      return fails
          ? Optional.empty()
          : Optional.of(
              pieces.stream()
                  .map(piece -> piece.expected().orElseThrow())
                  .collect(Collectors.joining()));
    }

    Map<SecretName, SecretContent> values() {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      if (!text) {
        bytes[bytes.length - 1] = (byte) 0xff;
      }
      SecretValue field = SecretValue.of(bytes);
      return Map.of(new SecretName("a"), new SecretContent(Map.of(Piece.FIELD, field)));
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
                    .as((pieces, text, full) -> new Step(pieces, value, text, full)));
    return step.list().ofSize(CHANGES);
  }

  @Property(tries = 15)
  void aFileHoldsTheOldOrTheNewTextWhole(@ForAll("steps") List<Step> steps) {
    HeldFiles files = new HeldFiles();
    Optional<String> holds = Optional.empty();
    for (Step step : steps) {
      files.full = step.full();
      deliver(step, files);
      holds = step.expected().isPresent() ? step.expected() : holds;
      assertThat(held(files)).isEqualTo(holds);
    }
  }

  private static Optional<String> held(HeldFiles files) {
    return Optional.ofNullable(files.held.get(FILE.path()))
        .map(contents -> new String(contents.getFirst().bytes(), StandardCharsets.UTF_8));
  }

  /** What a delivery does: all of it is rendered before any of it is written. */
  private static void deliver(Step step, FileTree files) {
    try {
      byte[] bytes = Template.compile("app.conf", step.template()).render(step.values());
      files.write(FILE, List.of(new FileContent("app.conf", bytes)));
    } catch (TemplateException failure) {
      assertThat(failure.getMessage()).startsWith("app.conf:").doesNotContain("marker-");
    } catch (UncheckedIOException full) {
      assertThat(step.full()).isTrue();
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
