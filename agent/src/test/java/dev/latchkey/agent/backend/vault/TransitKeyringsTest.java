package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.crypto.InMemoryKeyringStore;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.crypto.KeyringsContract;
import dev.latchkey.agent.crypto.RemoteKeyring;
import dev.latchkey.agent.crypto.RoutedKeyrings;
import dev.latchkey.agent.crypto.StateKey;
import dev.latchkey.agent.crypto.TinkKeyrings;
import dev.latchkey.agent.crypto.TinkSealer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract of keyrings, on the transit engine of a real server. */
class TransitKeyringsTest extends KeyringsContract {

  private final VaultAdmin admin = new VaultAdmin(RealVault.shared());
  private final FaultyProxy proxy = new FaultyProxy(RealVault.shared().address());
  private final VaultHttp http =
      new VaultHttp("vault", VaultServers.at(proxy.address()), TimeSource.system());
  private final String mount = admin.mount("transit").replace("/", "");

  @AfterEach
  void close() {
    http.close();
    proxy.close();
    admin.close();
  }

  @Override
  protected Keyrings keyrings() {
    TinkKeyrings own =
        new TinkKeyrings(
            new InMemoryTransactions(),
            new InMemoryKeyringStore(),
            new TinkSealer(StateKey.of(SecretValue.of(new byte[StateKey.LENGTH]))),
            List.of());
    return new RoutedKeyrings(
        own, Map.of(RING, made(RING), OTHER, made(OTHER)), new InMemoryTransactions());
  }

  /** Newer servers take a text of 1 MiB at the most, and what goes there is base64. */
  @Override
  protected int large() {
    return 512 << 10;
  }

  private RemoteKeyring made(String name) {
    admin.write(mount + "/keys/" + name, new JsonObject());
    return keyring(name, false, admin.root());
  }

  private RemoteKeyring keyring(String name, boolean derived, String token) {
    return new VaultBackend(http, new FixedTokens(token), VaultOptions.NONE, TimeSource.system())
        .keyring(new TransitKey(mount, name, derived));
  }

  private static Keyrings.Encrypted sealed(RemoteKeyring ring) {
    return ring.encrypt(List.of(plain("hello"))).getFirst();
  }

  private static Keyrings.Sealed with(byte[] ciphertext, SecretValue data) {
    return new Keyrings.Sealed(ciphertext, data);
  }

  private static SecretException failure(Runnable call) {
    SecretException failure = catchThrowableOfType(SecretException.class, call::run);
    assertThat(failure.safeMessage()).doesNotContain("hello").doesNotContain("tenant");
    return failure;
  }

  @Test
  void aBatchOfAThousandIsOneCall() {
    RemoteKeyring ring = made(RING);
    List<Keyrings.Encrypted> sealed = ring.encrypt(Collections.nCopies(1000, plain("hello")));
    assertThat(proxy.requestLines())
        .containsExactly("POST /v1/" + mount + "/encrypt/default HTTP/1.1");
    ring.decrypt(sealed.stream().map(one -> with(one.ciphertext(), DATA)).toList());
    assertThat(proxy.requests()).isEqualTo(2);
  }

  @Test
  void whatCannotBeOfThisKeyringIsRefusedWithoutACall() {
    RemoteKeyring ring = made(RING);
    byte[] foreign = sealed(made(OTHER)).ciphertext();
    int before = proxy.requests();
    assertThat(ring.decrypt(List.of(with(foreign, DATA), with(new byte[0], DATA))))
        .allSatisfy(KeyringsContract::assertRefused);
    assertThat(proxy.requests()).isEqualTo(before);
  }

  @Test
  void otherClientsOfTheServerAndCallersOpenEachOthersCiphertexts() {
    RemoteKeyring ring = made(RING);
    byte[] ours = sealed(ring).ciphertext();
    JsonObject asked =
        new JsonObject()
            .add("ciphertext", new String(ours, 5, ours.length - 5, StandardCharsets.US_ASCII))
            .add("associated_data", base64("tenant 1"));
    JsonObject opened = admin.write(mount + "/decrypt/default", asked).get("data").asObject();
    assertThat(opened.getString("plaintext")).isEqualTo(base64("hello"));
    JsonObject theirs =
        admin
            .write(
                mount + "/encrypt/default",
                new JsonObject()
                    .add("plaintext", base64("theirs"))
                    .add("associated_data", base64("tenant 1")))
            .get("data")
            .asObject();
    byte[] text = theirs.getString("ciphertext").getBytes(StandardCharsets.US_ASCII);
    assertThat(opened(ring.decrypt(List.of(with(text, DATA))).getFirst()))
        .isEqualTo(SecretValue.ofText("theirs"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aDerivedKeyIsDerivedFromTheAssociatedData() {
    admin.write(mount + "/keys/derived", new JsonObject().add("derived", true));
    RemoteKeyring ring = keyring("derived", true, admin.root());
    byte[] sealed = sealed(ring).ciphertext();
    List<Keyrings.Decrypted> decrypted =
        ring.decrypt(
            List.of(
                with(sealed, DATA), with(sealed, NO_DATA), with(sealed, SecretValue.ofText("2"))));
    assertThat(opened(decrypted.get(0))).isEqualTo(SecretValue.ofText("hello"));
    assertRefused(decrypted.get(1));
    assertRefused(decrypted.get(2));
    assertThat(ring.rotate().version()).isEqualTo(2);
    Keyrings.Plain unbound = new Keyrings.Plain(SecretValue.ofText("hello"), NO_DATA);
    SecretException none = failure(() -> ring.encrypt(List.of(plain("hello"), unbound)));
    assertThat(none.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(none.safeMessage()).contains("associated_data");
    RemoteKeyring undeclared = keyring("derived", false, admin.root());
    SecretException hint = failure(() -> undeclared.encrypt(List.of(unbound)));
    assertThat(hint.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(hint.safeMessage()).contains("say derived: true");
  }

  @Test
  void aKeyThatIsNotDerivedBindsTheAssociatedDataWhateverTheKeyringSays() {
    admin.write(mount + "/keys/plain", new JsonObject());
    RemoteKeyring ring = keyring("plain", true, admin.root());
    byte[] sealed = sealed(ring).ciphertext();
    List<Keyrings.Decrypted> decrypted =
        ring.decrypt(List.of(with(sealed, DATA), with(sealed, SecretValue.ofText("2"))));
    assertThat(opened(decrypted.getFirst())).isEqualTo(SecretValue.ofText("hello"));
    assertRefused(decrypted.getLast());
  }

  @Test
  void aRotationIsToldWhateverElseTheTokenMayDo() {
    made(RING);
    String rotates = "path \"%s/keys/default/rotate\" { capabilities = [\"update\"] }%n";
    String encrypts = "path \"%s/encrypt/default\" { capabilities = [\"update\"] }";
    String reads = "path \"%s/keys/default\" { capabilities = [\"read\"] }";
    proxy.only("/rotate").alter(body -> body.replace("latest_version", "untold"));
    assertThat(rotated(rotates + encrypts)).isEqualTo(version(2));
    assertThat(rotated(rotates + reads)).isEqualTo(version(3));
    assertThat(rotated(rotates + rotates)).isEqualTo(new Keyrings.KeyVersion(0, 0));
    assertThat(sealed(keyring(RING, false, admin.root())).key()).isEqualTo(version(4));
  }

  @Test
  void aRotationThatTellsItsVersionNeedsNoMoreCalls() {
    made(RING);
    proxy.only("/rotate").answer(200, "{\"data\":{\"latest_version\":7}}");
    assertThat(keyring(RING, false, admin.root()).rotate()).isEqualTo(version(7));
    assertThat(proxy.requests()).isEqualTo(1);
  }

  private Keyrings.KeyVersion version(int version) {
    return new TransitKey(mount, RING, false).version(version);
  }

  private Keyrings.KeyVersion rotated(String rules) {
    return keyring(RING, false, admin.tokenWith(rules.formatted(mount, mount))).rotate();
  }

  @Test
  void aVersionThatTheServerNoLongerOpensIsRefusedAsAnyOther() {
    RemoteKeyring ring = made(RING);
    byte[] old = sealed(ring).ciphertext();
    ring.rotate();
    admin.write(mount + "/keys/default/config", new JsonObject().add("min_decryption_version", 2));
    byte[] young = sealed(ring).ciphertext();
    List<Keyrings.Decrypted> decrypted = ring.decrypt(List.of(with(old, DATA), with(young, DATA)));
    assertRefused(decrypted.getFirst());
    assertThat(opened(decrypted.getLast())).isEqualTo(SecretValue.ofText("hello"));
  }

  @Test
  void aCiphertextThatTheServerStumblesOverIsNoOutage() {
    admin.write(mount + "/keys/rsa", new JsonObject().add("type", "rsa-2048"));
    RemoteKeyring ring = keyring("rsa", false, admin.root());
    byte[] bad = ("vault:v1:" + base64("x".repeat(256))).getBytes(StandardCharsets.US_ASCII);
    assertRefused(ring.decrypt(List.of(with(bad, NO_DATA))).getFirst());
    assertThat(http.health().reason()).isEmpty();
    SecretException bound = failure(() -> sealed(ring));
    assertThat(bound.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(bound.safeMessage()).contains("takes no associated data");
  }

  @Test
  void theLeastPolicyCiphersAndDoesNotRotate() {
    RemoteKeyring root = made(RING);
    String token =
        admin.tokenWith(
            """
            path "%1$s/encrypt/default" { capabilities = ["update"] }
            path "%1$s/decrypt/default" { capabilities = ["update"] }
            """
                .formatted(mount));
    RemoteKeyring ring = keyring(RING, false, token);
    byte[] sealed = sealed(ring).ciphertext();
    assertThat(opened(ring.decrypt(List.of(with(sealed, DATA))).getFirst()))
        .isEqualTo(SecretValue.ofText("hello"));
    assertThat(failure(ring::rotate).reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(sealed(root).key().version()).isEqualTo(1);
  }

  @Test
  void aRefusedPermissionAndAMissingKeyAreNoOutages() {
    RemoteKeyring refused =
        keyring("absent", false, admin.tokenWith("path \"other/*\" { capabilities = [\"read\"] }"));
    assertThat(failure(() -> sealed(refused)).reason()).isEqualTo(Reason.BACKEND_REFUSED);
    RemoteKeyring absent = keyring("absent", false, admin.root());
    byte[] text = "vault:v1:AAAA".getBytes(StandardCharsets.US_ASCII);
    SecretException missing = failure(() -> absent.decrypt(List.of(with(text, DATA))));
    assertThat(missing.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(missing.safeMessage()).contains(mount + "/keys/absent");
    assertThat(failure(absent::rotate).reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
  }

  @Test
  void anOutageIsUnavailableWithADelay() {
    RemoteKeyring ring = made(RING);
    byte[] sealed = sealed(ring).ciphertext();
    proxy.answer(200, "{\"data\":{\"batch_results\":[]}}");
    assertUnavailable(failure(() -> sealed(ring)));
    proxy.answer(503, "{\"errors\":[\"Vault is sealed\"]}");
    assertUnavailable(failure(() -> sealed(ring)));
    proxy.refuse();
    assertUnavailable(failure(() -> ring.decrypt(List.of(with(sealed, DATA)))));
    assertUnavailable(failure(ring::rotate));
    proxy.heal();
    assertThat(opened(ring.decrypt(List.of(with(sealed, DATA))).getFirst()))
        .isEqualTo(SecretValue.ofText("hello"));
  }

  private static void assertUnavailable(SecretException failure) {
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.retryDelay()).isPresent();
  }

  @Test
  void theKeyIdIsTheSameForEveryAgentAndForEver() {
    assertThat(new TransitKey("transit", "orders", false).version(3))
        .isEqualTo(new Keyrings.KeyVersion(GOLDEN, 3));
    byte[] sealed = sealed(made(RING)).ciphertext();
    assertThat(new String(Arrays.copyOfRange(sealed, 5, 14), StandardCharsets.US_ASCII))
        .isEqualTo("vault:v1:");
  }

  private static final int GOLDEN = 0x7b97566b;
}
