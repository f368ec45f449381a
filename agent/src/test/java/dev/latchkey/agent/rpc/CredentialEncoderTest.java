package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.current.Held;
import dev.latchkey.v1.GetSecretResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialEncoderTest {

  private final CredentialEncoder encoder = new CredentialEncoder();

  @ParameterizedTest
  @CsvSource({
    "0, 0, false, 10",
    "0, 1, true, 10",
    "1, 999999999, false, 300",
    "127, 128, true, 5000",
    "3155760000, 16384, true, 20000"
  })
  void theBytesAreThoseOfTheMessage(long seconds, int nanos, boolean stale, int size)
      throws IOException {
    Held fresh = FakeCurrent.state("orders-db", 7, Map.of("username", "a", "v", "x".repeat(size)));
    Held held = new Held(fresh.state(), fresh.confirmedAt(), stale, Duration.ofHours(1));
    var now = held.confirmedAt().plusSeconds(seconds).plusNanos(nanos);
    GetSecretResponse expected =
        GetSecretResponse.newBuilder()
            .setCredential(Wire.credential(held, now, Wire.Fields.ALL))
            .build();
    for (int again = 0; again < 2; again++) {
      ByteArrayOutputStream drained = new ByteArrayOutputStream();
      EncodedAnswer answer = encoder.encode(held, now);
      int length = answer.available();
      assertThat(answer.drainTo(drained)).isEqualTo(length);
      assertThat(answer.available()).isZero();
      assertThat(GetSecretResponse.parseFrom(drained.toByteArray())).isEqualTo(expected);
      assertThat(encoder.encode(held, now).readAllBytes()).isEqualTo(drained.toByteArray());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void aStateOfTheSameNameIsNeverAnsweredWithAnothersBytes(long first, long second)
      throws IOException {
    for (long version : new long[] {first, second, first}) {
      Held held = FakeCurrent.state("orders-db", version, Map.of("v", "v" + version));
      GetSecretResponse answer =
          GetSecretResponse.parseFrom(encoder.encode(held, held.confirmedAt()).readAllBytes());
      assertThat(answer.getCredential().getState().getVersion()).isEqualTo(version);
      assertThat(answer.getCredential().getFieldsOrThrow("v").toStringUtf8())
          .isEqualTo("v" + version);
    }
  }
}
