package dev.latchkey.agent.inject.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Templates with their values, and the bytes or the error that they must yield. */
class GoldenTemplatesTest {

  private static final String MARKER = "5ec3e7";

  @TestFactory
  Stream<DynamicTest> eachYieldsWhatStandsBesideIt() throws Exception {
    return Golden.all().stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> check(golden)));
  }

  private static void check(Golden golden) {
    assertThat(golden.expected().isPresent()).isNotEqualTo(golden.error().isPresent());
    golden.expected().ifPresent(expected -> renders(golden, expected));
    golden.error().ifPresent(error -> fails(golden, error));
  }

  private static void renders(Golden golden, byte[] expected) {
    byte[] rendered = Template.compile("case", golden.template()).render(golden.values());
    assertThat(new String(rendered, StandardCharsets.UTF_8))
        .isEqualTo(new String(expected, StandardCharsets.UTF_8));
    assertThat(rendered).isEqualTo(expected);
  }

  private static void fails(Golden golden, String error) {
    TemplateException failure =
        catchThrowableOfType(
            TemplateException.class,
            () -> Template.compile("case", golden.template()).render(golden.values()));
    assertThat(failure).hasMessage("case:" + error).hasNoCause();
    assertThat(failure.getMessage()).doesNotContain(MARKER);
  }

  @Test
  void theSuiteHasBothKindsAndEveryWord() throws Exception {
    assertThat(Golden.all())
        .filteredOn(golden -> golden.error().isPresent())
        .hasSizeGreaterThan(30);
    String rendered =
        Golden.all().stream()
            .filter(golden -> golden.expected().isPresent())
            .map(golden -> new String(golden.template(), StandardCharsets.UTF_8))
            .reduce("", String::concat);
    assertThat(Tag.values())
        .allSatisfy(tag -> assertThat(rendered).containsPattern("[{(#]" + tag.word() + "\\b"));
  }
}
