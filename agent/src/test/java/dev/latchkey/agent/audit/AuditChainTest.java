package dev.latchkey.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.audit.AuditRecord.Outcome;
import dev.latchkey.agent.crypto.TinkAuthenticator;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Positive;
import org.junit.jupiter.api.Test;

class AuditChainTest {

  static AuditChain chain() {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 5);
    return new AuditChain(TinkAuthenticator.of(SecretValue.of(key)));
  }

  static AuditEntry entry(long sequence) {
    return new AuditEntry(
        sequence,
        new AuditRecord(
            Instant.parse("2026-01-02T03:04:05.006Z"),
            "uid 1000 gid 1000 pid 4711",
            "get",
            "orders-db",
            3,
            Outcome.GRANTED,
            "",
            "4bf92f3577b34da6a3ce929d0e0e4736"),
        1);
  }

  @Test
  void theFirstLinksAreTheGoldenOnes() {
    AuditStore.Link first = chain().link(AuditChain.start(), entry(1));
    AuditStore.Link second = chain().link(new AuditChain.Head(1, first.mac()), entry(2));
    assertThat(hex(first.record()))
        .isEqualTo(
            "01000000000000000100000000695735a5005b8d800000000000000001000000"
                + "0000000003010000001a75696420313030302067696420313030302070696420"
                + "3437313100000003676574000000096f72646572732d64620000000000000020"
                + "3462663932663335373762333464613661336365393239643065306534373336");
    assertThat(hex(first.tag()))
        .isEqualTo("d67128ee44f1585a06de476e6aec4893c43c921a1c0ca3a89a5b74788a1ce8f5");
    assertThat(hex(first.mac()))
        .isEqualTo("0c13b6fd4200e42e988f16a9e0467f61aa02e3f506d73cf60754ea79bd4cd852");
    assertThat(hex(second.mac()))
        .isEqualTo("1753b6083e7ea9cbc2d4cb50ad77c8d816a40821b938183167f5c01b889ee698");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Property(tries = 300)
  void decodesWhatItEncoded(
      @ForAll @Positive long sequence,
      @ForAll @LongRange(min = -1_000_000_000L, max = 10_000_000_000L) long seconds,
      @ForAll Outcome outcome,
      @ForAll String actor,
      @ForAll String detail,
      @ForAll long version,
      @ForAll @Positive long count) {
    AuditEntry entry =
        new AuditEntry(
            sequence,
            new AuditRecord(
                Instant.ofEpochSecond(seconds, 42),
                wellFormed(actor),
                "get",
                "a",
                version,
                outcome,
                wellFormed(detail),
                ""),
            count);
    assertThat(AuditCodec.decode(AuditCodec.encode(entry))).isEqualTo(entry);
  }

  /** Lone surrogates have no UTF-8 form. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Property(tries = 300)
  void bytesThatAreNoRecordAreRefusedAndNothingWorse(@ForAll byte[] bytes) {
    byte[] begun = bytes.clone();
    if (begun.length > 0) {
      begun[0] = 1;
    }
    assertThatThrownBy(() -> AuditCodec.decode(begun)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 300)
  void noChangedByteFollows(@ForAll @Positive int where, @ForAll @Positive byte change) {
    AuditStore.Link link = chain().link(AuditChain.start(), entry(1));
    byte[] record = link.record().clone();
    record[where % record.length] ^= change;
    assertThat(chain().isOurs(new AuditStore.Link(1, record, link.tag(), link.mac()))).isFalse();
    byte[] mac = link.mac().clone();
    mac[where % mac.length] ^= change;
    assertThat(
            chain()
                .follows(
                    AuditChain.start().mac(),
                    new AuditStore.Link(1, link.record(), link.tag(), mac)))
        .isFalse();
  }

  @Test
  void anEntryThatDoesNotFollowTheHeadIsRefused() {
    assertThatThrownBy(() -> chain().link(AuditChain.start(), entry(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
