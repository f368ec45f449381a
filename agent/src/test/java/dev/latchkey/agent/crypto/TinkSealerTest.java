package dev.latchkey.agent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TinkSealerTest {

  private final TinkSealer sealer = new TinkSealer(key(7));

  static StateKey key(int fill) {
    byte[] bytes = new byte[StateKey.LENGTH];
    Arrays.fill(bytes, (byte) fill);
    return StateKey.of(SecretValue.of(bytes));
  }

  @Test
  void opensWhatEarlierBuildsSealed() {
    byte[] golden =
        HexFormat.of()
            .parseHex(
                "01382b1db0000102030405060708090a0b8ab406c9569fbcf23d67d266218ff3"
                    + "c7b69ead1228844afcb0428a7ae5");
    assertThat(new String(sealer.open(golden, "version/orders-db/3"), StandardCharsets.UTF_8))
        .isEqualTo("correct horse");
  }

  @Property(tries = 200)
  void opensWhatItSealedAndOnlyAtItsPlace(
      @ForAll byte[] plaintext, @ForAll @StringLength(max = 40) String place) {
    byte[] sealed = sealer.seal(plaintext, place);
    assertThat(sealer.open(sealed, place)).isEqualTo(plaintext);
    assertRefused(sealer, sealed, place + "/1");
  }

  @Property(tries = 200)
  void refusesAnyChangedByte(@ForAll byte[] plaintext, @ForAll @IntRange(min = 0) int where) {
    byte[] sealed = sealer.seal(plaintext, "here");
    sealed[where % sealed.length] ^= 1;
    assertRefused(sealer, sealed, "here");
  }

  @Test
  void refusesWhatAnotherKeySealed() {
    byte[] sealed = new TinkSealer(key(8)).seal(new byte[] {1, 2, 3}, "here");
    assertRefused(sealer, sealed, "here");
  }

  @Test
  void refusesWhatIsCutShort() {
    byte[] sealed = sealer.seal(new byte[] {1, 2, 3}, "here");
    for (int length = 0; length < sealed.length; length++) {
      assertRefused(sealer, Arrays.copyOf(sealed, length), "here");
    }
  }

  @Test
  void sealsTheSameTwiceAsDifferentBytes() {
    assertThat(sealer.seal(new byte[16], "here")).isNotEqualTo(sealer.seal(new byte[16], "here"));
  }

  private static void assertRefused(TinkSealer sealer, byte[] sealed, String place) {
    assertThatThrownBy(() -> sealer.open(sealed, place))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERNAL));
  }
}
