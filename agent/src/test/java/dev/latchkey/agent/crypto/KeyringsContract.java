package dev.latchkey.agent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.crypto.Keyrings.Decrypted;
import dev.latchkey.agent.crypto.Keyrings.Encrypted;
import dev.latchkey.agent.crypto.Keyrings.KeyVersion;
import dev.latchkey.agent.crypto.Keyrings.Plain;
import dev.latchkey.agent.crypto.Keyrings.Sealed;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What each kind of keyring does alike, whoever keeps the keys. */
public abstract class KeyringsContract {

  protected static final String RING = "default";
  protected static final String OTHER = "second";
  protected static final SecretValue DATA = SecretValue.ofText("tenant 1");
  protected static final SecretValue NO_DATA = SecretValue.ofText("");

  /** Two keyrings, {@value #RING} and {@value #OTHER}, each with a first key. */
  protected abstract Keyrings keyrings();

  /** How many bytes every keyring of this kind takes in one text. */
  protected int large() {
    return 1 << 20;
  }

  protected static Plain plain(String text) {
    return new Plain(SecretValue.ofText(text), DATA);
  }

  protected static Encrypted encrypted(Keyrings keyrings, String text) {
    return keyrings.encrypt(RING, List.of(plain(text))).getFirst();
  }

  protected static Decrypted decrypted(Keyrings keyrings, byte[] ciphertext) {
    return keyrings.decrypt(RING, List.of(new Sealed(ciphertext, DATA))).getFirst();
  }

  protected static SecretValue opened(Decrypted decrypted) {
    assertThat(decrypted).isInstanceOf(Decrypted.Opened.class);
    return ((Decrypted.Opened) decrypted).plaintext();
  }

  /** Refused, in the one way that tells nothing. */
  protected static void assertRefused(Decrypted decrypted) {
    assertThat(decrypted)
        .isInstanceOfSatisfying(
            Decrypted.Refused.class,
            refused -> {
              assertThat(refused.why().reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(refused.why().safeMessage())
                  .isEqualTo(
                      "ciphertext cannot be opened with this keyring and this associated data;"
                          + " nothing says which is wrong");
              assertThat(refused.why()).hasNoCause();
            });
  }

  @Test
  void aBatchIsAnsweredInItsOrderWhateverItsBytes() {
    Keyrings keyrings = keyrings();
    List<SecretValue> values =
        IntStream.range(0, 300)
            .mapToObj(
                i -> {
                  byte[] bytes = new byte[i];
                  Arrays.fill(bytes, (byte) (i - 128));
                  return SecretValue.of(bytes);
                })
            .toList();
    List<Sealed> sealed =
        keyrings
            .encrypt(RING, values.stream().map(value -> new Plain(value, DATA)).toList())
            .stream()
            .map(done -> new Sealed(done.ciphertext(), DATA))
            .toList();
    assertThat(keyrings.decrypt(RING, sealed).stream().map(KeyringsContract::opened).toList())
        .isEqualTo(values);
  }

  @Test
  void anEmptyBatchIsAnsweredWithNothing() {
    assertThat(keyrings().encrypt(RING, List.of())).isEmpty();
    assertThat(keyrings().decrypt(RING, List.of())).isEmpty();
  }

  @Test
  void muchGoesThereAndBack() {
    Keyrings keyrings = keyrings();
    SecretValue large = SecretValue.of(new byte[large()]);
    Encrypted sealed = keyrings.encrypt(RING, List.of(new Plain(large, DATA))).getFirst();
    assertThat(opened(decrypted(keyrings, sealed.ciphertext()))).isEqualTo(large);
  }

  @Test
  void theSameTextIsNeverSealedAlikeTwice() {
    Keyrings keyrings = keyrings();
    List<Encrypted> both = keyrings.encrypt(RING, List.of(plain("same"), plain("same")));
    assertThat(both.getFirst().ciphertext()).isNotEqualTo(both.getLast().ciphertext());
  }

  @Test
  void aCiphertextBeginsWithTheKeyThatTheAnswerNames() {
    Keyrings keyrings = keyrings();
    KeyVersion first = encrypted(keyrings, "a").key();
    KeyVersion again = encrypted(keyrings, "b").key();
    KeyVersion other = keyrings.encrypt(OTHER, List.of(plain("a"))).getFirst().key();
    ByteBuffer bytes = ByteBuffer.wrap(encrypted(keyrings, "c").ciphertext());
    assertThat(bytes.get()).isEqualTo((byte) 1);
    assertThat(bytes.getInt()).isEqualTo(first.keyId());
    assertThat(first).isEqualTo(again);
    assertThat(first.version()).isEqualTo(1);
    assertThat(other.keyId()).isNotEqualTo(first.keyId());
  }

  @Test
  void whatWasSealedBeforeARotationOpensAfterIt() {
    Keyrings keyrings = keyrings();
    Encrypted before = encrypted(keyrings, "hello");
    List<KeyVersion> alongside = new ArrayList<>();
    KeyVersion rotated = keyrings.rotate(RING, (transaction, key) -> alongside.add(key));
    Encrypted after = encrypted(keyrings, "hello");
    assertThat(rotated.version()).isEqualTo(2);
    assertThat(alongside).containsExactly(rotated);
    assertThat(after.key()).isEqualTo(rotated);
    assertThat(decrypted(keyrings, before.ciphertext()))
        .isEqualTo(new Decrypted.Opened(SecretValue.ofText("hello"), before.key()));
    assertThat(decrypted(keyrings, after.ciphertext()))
        .isEqualTo(new Decrypted.Opened(SecretValue.ofText("hello"), after.key()));
  }

  @Test
  void aByteChangedAnywhereIsRefused() {
    Keyrings keyrings = keyrings();
    for (String text : List.of("one", "four", "fifth")) {
      byte[] good = encrypted(keyrings, text).ciphertext();
      List<Sealed> changed = new ArrayList<>();
      for (int at = 0; at < good.length; at++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] bad = good.clone();
          bad[at] ^= (byte) (1 << bit);
          changed.add(new Sealed(bad, DATA));
        }
      }
      assertThat(keyrings.decrypt(RING, changed)).allSatisfy(KeyringsContract::assertRefused);
    }
  }

  @Test
  void aCiphertextCutOrLengthenedIsRefused() {
    Keyrings keyrings = keyrings();
    byte[] good = encrypted(keyrings, "hello").ciphertext();
    List<Sealed> cut = new ArrayList<>();
    for (int length = 0; length < good.length; length++) {
      cut.add(new Sealed(Arrays.copyOf(good, length), DATA));
    }
    cut.add(new Sealed(Arrays.copyOf(good, good.length + 1), DATA));
    assertThat(keyrings.decrypt(RING, cut)).allSatisfy(KeyringsContract::assertRefused);
  }

  @Test
  void otherAssociatedDataIsRefusedAsAChangedByteIs() {
    Keyrings keyrings = keyrings();
    byte[] bound = encrypted(keyrings, "hello").ciphertext();
    byte[] free =
        keyrings
            .encrypt(RING, List.of(new Plain(SecretValue.ofText("hello"), NO_DATA)))
            .getFirst()
            .ciphertext();
    List<Decrypted> decrypted =
        keyrings.decrypt(
            RING,
            List.of(
                new Sealed(bound, SecretValue.ofText("tenant 2")),
                new Sealed(bound, NO_DATA),
                new Sealed(free, DATA)));
    assertThat(decrypted).allSatisfy(KeyringsContract::assertRefused);
    assertThat(opened(keyrings.decrypt(RING, List.of(new Sealed(free, NO_DATA))).getFirst()))
        .isEqualTo(SecretValue.ofText("hello"));
  }

  @Test
  void oneBadItemSpoilsNoOther() {
    Keyrings keyrings = keyrings();
    byte[] good = encrypted(keyrings, "good").ciphertext();
    byte[] spoilt = good.clone();
    spoilt[spoilt.length / 2] ^= 1;
    List<Decrypted> decrypted =
        keyrings.decrypt(
            RING,
            List.of(
                new Sealed(new byte[] {1, 2, 3}, DATA),
                new Sealed(good, DATA),
                new Sealed(spoilt, DATA),
                new Sealed(good, DATA)));
    assertRefused(decrypted.get(0));
    assertThat(opened(decrypted.get(1))).isEqualTo(SecretValue.ofText("good"));
    assertRefused(decrypted.get(2));
    assertThat(opened(decrypted.get(3))).isEqualTo(SecretValue.ofText("good"));
  }

  @Test
  void aCiphertextOfAnotherKeyringIsRefused() {
    Keyrings keyrings = keyrings();
    byte[] foreign = keyrings.encrypt(OTHER, List.of(plain("a"))).getFirst().ciphertext();
    byte[] renamed = foreign.clone();
    System.arraycopy(encrypted(keyrings, "a").ciphertext(), 0, renamed, 0, 5);
    assertRefused(decrypted(keyrings, foreign));
    assertRefused(decrypted(keyrings, renamed));
  }

  @Test
  void aKeyringThatNobodyDeclaredIsNotFound() {
    assertThatThrownBy(() -> keyrings().encrypt("unknown", List.of(plain("a"))))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    assertThatThrownBy(() -> keyrings().rotate("unknown"))
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  @Test
  void manyCipherWhileTheKeyringIsRotated() {
    Keyrings keyrings = keyrings();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<SecretValue>> calls =
          IntStream.range(0, 40)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              opened(
                                  decrypted(keyrings, encrypted(keyrings, "x" + i).ciphertext())),
                          threads))
              .toList();
      assertThat(keyrings.rotate(RING).version()).isEqualTo(2);
      for (int i = 0; i < calls.size(); i++) {
        assertThat(calls.get(i).join()).isEqualTo(SecretValue.ofText("x" + i));
      }
    }
  }
}
