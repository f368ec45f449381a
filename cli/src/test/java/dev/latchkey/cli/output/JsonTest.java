package dev.latchkey.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** JSON and lengths of time come out in their stable forms. */
class JsonTest {
  @Test
  void writesTreesOnOneLineInAscii() {
    assertThat(Json.write(Map.of("a", Arrays.asList(1, null, true, "x\"\\\n\u0007ü€"))))
        .isEqualTo("{\"a\":[1,null,true,\"x\\\"\\\\\\n\\u0007\\u00fc\\u20ac\"]}");
    assertThat(Json.write(List.of())).isEqualTo("[]");
  }

  @Test
  void bytesAreATextOrBase64() {
    assertThat(MessageJson.bytes(ByteString.copyFromUtf8("ü"))).isEqualTo("ü");
    assertThat(MessageJson.bytes(ByteString.copyFrom(new byte[] {(byte) 0xc3})))
        .isEqualTo(Map.of("base64", "ww=="));
  }

  @Test
  void lengthsOfTimeAreSecondsForProgramsAndUnitsForPeople() {
    assertThat(Times.seconds(length(0, 0))).isEqualTo("0s");
    assertThat(Times.seconds(length(100, 0))).isEqualTo("100s");
    assertThat(Times.seconds(length(1, 500_000_000))).isEqualTo("1.5s");
    assertThat(Times.shown(length(59, 0))).isEqualTo("59s");
    assertThat(Times.shown(length(3600, 0))).isEqualTo("1h");
    assertThat(Times.shown(length(90_061, 0))).isEqualTo("1d 1h");
  }

  private static Duration length(long seconds, int nanos) {
    return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }
}
