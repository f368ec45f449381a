package dev.latchkey.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventLinesTest {

  private static final Instant AT = Instant.parse("2026-03-04T05:06:07.123456789Z");

  @ParameterizedTest
  @MethodSource("events")
  void readsBackWhatItWrote(ApplicationEvent event) {
    String line = EventLines.write(event);

    assertThat(line).doesNotContain("\n");
    assertThat(EventLines.read(line)).contains(event);
  }

  static Stream<ApplicationEvent> events() {
    return Stream.of(
        new ApplicationEvent.Ready(AT),
        new ApplicationEvent.Login(AT, "orders_b", 4711),
        new ApplicationEvent.Failure(AT, "57P01", "PSQLException"),
        new ApplicationEvent.Progress(12, 10, 1),
        new ApplicationEvent.Finished(12, 10, 0, true, "5 transfers, \"all\" well"));
  }

  @Test
  void namesTheKindFirst() {
    assertThat(EventLines.write(new ApplicationEvent.Progress(3, 2, 1)))
        .isEqualTo("{\"event\":\"progress\",\"queries\":3,\"transactions\":2,\"failed\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "{", "[1]", "{\"other\":1}", "{\"event\":\"unknown\"}"})
  void takesNoOtherLineForAnEvent(String line) {
    assertThat(EventLines.read(line)).isEmpty();
  }
}
