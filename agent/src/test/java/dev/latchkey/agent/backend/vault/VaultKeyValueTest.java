package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key-value engines of a real server: their versions, their shapes, and who may see them. */
class VaultKeyValueTest {

  private static final String LOOKUP = "sys/internal/ui/mounts";

  private final FakeTime time = new FakeTime();
  private final VaultServer server = RealVault.shared();
  private final VaultAdmin admin = new VaultAdmin(server);
  private final FaultyProxy proxy = new FaultyProxy(server.address());
  private final VaultHttp http = new VaultHttp("vault", VaultServers.at(proxy.address()), time);
  private final FixedTokens root = new FixedTokens(admin.root());
  private final VaultBackend backend = backend(root, Map.of());

  @AfterEach
  void close() {
    http.close();
    proxy.close();
    admin.close();
  }

  private VaultBackend backend(FixedTokens tokens, Map<String, Integer> kvMounts) {
    return new VaultBackend(http, tokens, new VaultOptions("", kvMounts), time);
  }

  private static String text(SecretContent content, String field) {
    return content
        .field(field)
        .map(value -> value.read(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .orElse("(no such field)");
  }

  private static SecretException failure(Runnable call) {
    SecretException failure = catchThrowableOfType(SecretException.class, call::run);
    assertThat(failure).isNotNull();
    return failure;
  }

  private SecretException failureOf(String path) {
    return failure(() -> backend.read(path, Optional.empty()));
  }

  @Test
  void theEngineWithoutVersionsIsReadWrittenAndListed() {
    String kv = admin.mountKeyValue(1);
    assertThat(backend.put(kv + "x/a", FakeBackend.text("one"), Optional.empty())).isEmpty();
    backend.put(kv + "x/b/c", FakeBackend.text("two"), Optional.empty());
    assertThat(backend.read(kv + "x/a", Optional.empty()).content())
        .isEqualTo(FakeBackend.text("one"));
    assertThat(backend.read(kv + "x/a", Optional.empty()).leaseId()).isEmpty();
    assertThat(backend.list(kv, "", 10)).containsExactly(kv + "x/a", kv + "x/b/c");
    assertThat(backend.mayLease(kv + "x/a")).isFalse();
    backend.delete(kv + "x/a", List.of());
    assertThat(failureOf(kv + "x/a").reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void theEngineWithoutVersionsSaysThatItHasNone() {
    String path = admin.mountKeyValue(1) + "a";
    backend.put(path, FakeBackend.text("one"), Optional.empty());
    List<Runnable> calls =
        List.of(
            () -> backend.read(path, Optional.of("1")),
            () -> backend.put(path, FakeBackend.text("two"), Optional.of("")),
            () -> backend.undelete(path, List.of("1")),
            () -> backend.destroy(path, List.of("1")));
    assertThat(calls)
        .allSatisfy(call -> assertThat(failure(call).reason()).isEqualTo(Reason.UNSUPPORTED));
  }

  @Test
  void versionsThatAreNotThereAreToldAndTheOthersNamedWithThemStay() {
    String path = admin.mountKeyValue(2) + "a";
    backend.put(path, FakeBackend.text("one"), Optional.empty());
    backend.put(path, FakeBackend.text("two"), Optional.empty());
    List<String> some = List.of("2", "7");
    List<Runnable> calls =
        List.of(
            () -> backend.delete(path, some),
            () -> backend.undelete(path, some),
            () -> backend.destroy(path, some));
    assertThat(calls)
        .allSatisfy(call -> assertThat(failure(call).reason()).isEqualTo(Reason.NOT_FOUND));
    assertThat(backend.read(path, Optional.empty()).version()).isEqualTo("2");
    backend.destroy(path, List.of("1"));
    backend.destroy(path, List.of("1"));
    assertThat(failure(() -> backend.undelete(path, List.of("1", "2"))).reason())
        .isEqualTo(Reason.VERSION_DESTROYED);
    assertThat(failure(() -> backend.delete(path, List.of("1"))).reason())
        .isEqualTo(Reason.VERSION_DESTROYED);
    backend.delete(path, List.of("2"));
    backend.delete(path, List.of("2"));
    backend.undelete(path, List.of("2"));
    backend.undelete(path, List.of("2"));
    assertThat(backend.read(path, Optional.empty()).version()).isEqualTo("2");
  }

  @Test
  void aNewestVersionWithoutFieldsHasItsNumberAndIsWrittenAfter() {
    String kv = admin.mountKeyValue(2);
    backend.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    admin.write(kv + "data/a", new JsonObject().add("data", new JsonObject()));
    assertThat(failureOf(kv + "a").reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(backend.newest(kv + "a")).isEqualTo("2");
    assertThat(backend.put(kv + "a", FakeBackend.text("two"), Optional.of("2"))).isEqualTo("3");
  }

  @Test
  void deletedAndDestroyedVersionsAreToldApart() {
    String path = admin.mountKeyValue(2) + "a";
    backend.put(path, FakeBackend.text("one"), Optional.empty());
    backend.put(path, FakeBackend.text("two"), Optional.empty());
    backend.delete(path, List.of());
    assertThat(failureOf(path).reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(failureOf(path)).hasMessageContaining("was deleted");
    backend.undelete(path, List.of("2"));
    assertThat(backend.read(path, Optional.empty()).version()).isEqualTo("2");
    backend.delete(path, List.of("1"));
    backend.destroy(path, List.of("1"));
    assertThat(failure(() -> backend.read(path, Optional.of("1"))).reason())
        .isEqualTo(Reason.VERSION_DESTROYED);
    backend.destroy(path, List.of("2"));
    assertThat(failureOf(path).reason()).isEqualTo(Reason.VERSION_DESTROYED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "01", "1.0", "", "99999999999999999999"})
  void aTextThatIsNoVersionIsNotFound(String version) {
    String path = admin.mountKeyValue(2) + "a";
    backend.put(path, FakeBackend.text("one"), Optional.empty());
    assertThat(failure(() -> backend.read(path, Optional.of(version))).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void otherJsonIsItsText() {
    String kv = admin.mountKeyValue(2);
    JsonObject fields =
        Json.parse(
                "{\"port\":5432,\"tls\":true,\"hosts\":[\"a\",\"b\"],\"none\":null,\"odd\":\"ü\\n"
                    + "\"}")
            .asObject();
    admin.write(kv + "data/a", new JsonObject().add("data", fields));
    SecretContent content = backend.read(kv + "a", Optional.empty()).content();
    assertThat(text(content, "port")).isEqualTo("5432");
    assertThat(text(content, "tls")).isEqualTo("true");
    assertThat(text(content, "hosts")).isEqualTo("[\"a\",\"b\"]");
    assertThat(text(content, "none")).isEqualTo("null");
    assertThat(text(content, "odd")).isEqualTo("ü\n");
  }

  @Test
  void textIsWrittenAsTextAndOnlyOtherBytesAreEncoded() {
    String kv = admin.mountKeyValue(2);
    backend.put(
        kv + "a",
        new SecretContent(
            Map.of(
                "name", SecretValue.ofText("grün\u0000\u2028\""),
                "key", SecretValue.of(new byte[] {(byte) 0xff, 0}))),
        Optional.empty());
    JsonObject kept = admin.read(kv + "data/a").get("data").asObject().get("data").asObject();
    assertThat(kept.getString("name")).isEqualTo("grün\u0000\u2028\"");
    assertThat(kept.getString("key")).isEqualTo("/wA=");
    assertThat(kept.get("latchkey:encoding").toString()).isEqualTo("{\"key\":\"base64\"}");
    assertThat(backend.read(kv + "a", Optional.empty()).content().fields())
        .containsOnlyKeys("name", "key");
  }

  @Test
  void anEncodingThatIsNotKnownOrDoesNotHoldIsRefused() {
    String kv = admin.mountKeyValue(2);
    for (String encoding : List.of("rot13", "base64")) {
      JsonObject fields =
          new JsonObject()
              .add("key", "not base64!")
              .add("latchkey:encoding", new JsonObject().add("key", encoding));
      admin.write(kv + "data/a", new JsonObject().add("data", fields));
      assertThat(failureOf(kv + "a").reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(failureOf(kv + "a").safeMessage()).doesNotContain("not base64!");
    }
    SecretContent taken = new SecretContent(Map.of("latchkey:encoding", SecretValue.ofText("x")));
    assertThat(failure(() -> backend.put(kv + "b", taken, Optional.empty())).reason())
        .isEqualTo(Reason.INVALID_REQUEST);
  }

  @Test
  void aSecretWithoutFieldsIsNotFound() {
    String kv = admin.mountKeyValue(2);
    admin.write(kv + "data/a", new JsonObject().add("data", new JsonObject()));
    assertThat(failureOf(kv + "a").reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void foldersAreOpenedOnlyAsFarAsThePageNeeds() {
    String kv = admin.mountKeyValue(2);
    for (String path : List.of("a", "a-b", "a/x", "a/y/z", "b/q", "c/r")) {
      backend.put(kv + path, FakeBackend.text("one"), Optional.empty());
    }
    assertThat(backend.list(kv, "", 99))
        .containsExactly(kv + "a", kv + "a-b", kv + "a/x", kv + "a/y/z", kv + "b/q", kv + "c/r");
    int before = proxy.requests();
    assertThat(backend.list(kv, kv + "a/x", 2)).containsExactly(kv + "a/y/z", kv + "b/q");
    assertThat(proxy.requests() - before).as("the root, a/, a/y/ and b/").isEqualTo(4);
    assertThat(backend.list(kv + "a", "", 99))
        .containsExactly(kv + "a", kv + "a-b", kv + "a/x", kv + "a/y/z");
  }

  @Test
  void aMountIsLookedUpOnceInAWhile() {
    String kv = admin.mountKeyValue(2);
    for (String path : List.of("a", "b", "c", "a")) {
      failureOf(kv + path);
    }
    assertThat(lookups()).isEqualTo(1);
    time.advance(Mounts.KEPT);
    failureOf(kv + "a");
    assertThat(lookups()).isEqualTo(2);
  }

  private long lookups() {
    return proxy.requestLines().stream().filter(line -> line.contains(LOOKUP)).count();
  }

  @Test
  void aNamedMountIsNotLookedUp() {
    String kv = admin.mountKeyValue(2);
    VaultBackend named = backend(root, Map.of(kv, 2));
    named.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    assertThat(named.read(kv + "a", Optional.empty()).version()).isEqualTo("1");
    assertThat(named.mayLease(kv + "a")).isFalse();
    assertThat(lookups()).isZero();
  }

  @Test
  void whereTheLookupIsRefusedTheAnswersShowTheVersions() {
    String kv = admin.mountKeyValue(2);
    proxy.only(LOOKUP).answer(403, "{\"errors\":[\"permission denied\"]}");
    assertThat(backend.mayLease(kv + "a")).as("nobody knows yet").isTrue();
    assertThat(failureOf(kv + "a").reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(backend.put(kv + "a", FakeBackend.text("one"), Optional.of(""))).isEqualTo("1");
    assertThat(backend.mayLease(kv + "a")).as("a write showed it").isFalse();
    assertThat(backend.read(kv + "a", Optional.of("1")).content())
        .isEqualTo(FakeBackend.text("one"));
    VaultBackend another = backend(root, Map.of());
    assertThat(another.read(kv + "a", Optional.empty()).version()).isEqualTo("1");
    assertThat(another.mayLease(kv + "a")).as("a read showed it").isFalse();
  }

  @Test
  void whereTheLookupIsRefusedTheEngineWithoutVersionsIsReadAndNotWritten() {
    String kv = admin.mountKeyValue(1);
    admin.write(kv + "a", new JsonObject().add("value", "one"));
    proxy.only(LOOKUP).answer(403, "{\"errors\":[\"permission denied\"]}");
    assertThat(backend.read(kv + "a", Optional.empty()).content())
        .isEqualTo(FakeBackend.text("one"));
    SecretException failure =
        failure(() -> backend.put(kv + "a", FakeBackend.text("two"), Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
    assertThat(failure).hasMessageContaining("kv_mounts");
  }

  @Test
  void aTokenThatMayOnlyReadOnePathReadsIt() {
    String kv = admin.mountKeyValue(2);
    backend.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    backend.put(kv + "b", FakeBackend.text("two"), Optional.empty());
    FixedTokens narrow =
        new FixedTokens(admin.tokenWith("path \"" + kv + "data/a\" { capabilities = [\"read\"] }"));
    VaultBackend allowed = backend(narrow, Map.of());
    assertThat(allowed.read(kv + "a", Optional.empty()).version()).isEqualTo("1");
    int before = proxy.requests();
    SecretException failure = failure(() -> allowed.read(kv + "b", Optional.empty()));
    assertThat(failure.reason()).isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(failure).hasMessageContaining("permission denied");
    assertThat(narrow.refusals()).isEqualTo(1);
    assertThat(proxy.requests() - before).as("a refusal is not asked for again").isEqualTo(1);
  }

  @Test
  void aRefusedTokenIsReplacedOnce() {
    String kv = admin.mountKeyValue(2);
    backend.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    var revoked = admin.tokenWith("path \"" + kv + "*\" { capabilities = [\"read\"] }");
    admin.revoke(revoked);
    FixedTokens tokens = new FixedTokens(revoked).then(admin.root());
    VaultBackend replaced = backend(tokens, Map.of());
    assertThat(replaced.read(kv + "a", Optional.empty()).version()).isEqualTo("1");
    assertThat(tokens.refusals()).isEqualTo(1);
  }

  /** Some servers take 32 MiB, others no text of more than 1 MiB. */
  @Test
  void aGreatValueIsKeptOrRefusedAndTheServerServesOn() {
    String kv = admin.mountKeyValue(2);
    SecretContent great = FakeBackend.text("y".repeat(3 << 20));
    try {
      backend.put(kv + "great", great, Optional.empty());
      assertThat(backend.read(kv + "great", Optional.empty()).content()).isEqualTo(great);
    } catch (SecretException refused) {
      assertThat(refused.reason()).isIn(Reason.INVALID_REQUEST, Reason.UNAVAILABLE);
      assertThat(refused).hasMessageMatching(".*(exceeds allowed length|as large as that).*");
    }
    backend.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    assertThat(backend.read(kv + "a", Optional.empty()).version()).isEqualTo("1");
  }

  @Test
  void whatIsWrappedIsHadOnce() {
    String kv = admin.mountKeyValue(2);
    backend.put(kv + "a", FakeBackend.text("one"), Optional.empty());
    SecretValue token = SecretValue.ofText(admin.wrapped("GET", kv + "data/a"));
    assertThat(backend.unwrap(token).content()).isEqualTo(FakeBackend.text("one"));
    SecretException again = failure(() -> backend.unwrap(token));
    assertThat(again.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(again).hasMessageContaining("wrapping token is not valid");
    String plain = admin.mountKeyValue(1) + "a";
    backend.put(plain, FakeBackend.text("two"), Optional.empty());
    assertThat(backend.unwrap(SecretValue.ofText(admin.wrapped("GET", plain))).content())
        .isEqualTo(FakeBackend.text("two"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/a/b", "a//b", "a/b/", "a/../sys/seal", "a/./b", "a/b\n"})
  void aPathThatTheServerWouldTakeForAnotherIsRefused(String path) {
    assertThat(failureOf(path).reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(proxy.requests()).isZero();
  }

  @Test
  void aListingNeedsAMount() {
    assertThatThrownBy(() -> backend.list("", "", 10)).hasMessageContaining("begin with a mount");
    String database = admin.mount("database");
    assertThat(failure(() -> backend.list(database, "", 10)).reason())
        .isEqualTo(Reason.UNSUPPORTED);
  }
}
