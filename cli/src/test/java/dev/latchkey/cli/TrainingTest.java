package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** A lesson that fails leaves the launcher and the image without the cache of the command line. */
class TrainingTest {

  @Test
  void everyLessonEndsWell() {
    assertThatCode(() -> Training.main(new String[0])).doesNotThrowAnyException();
  }
}
