package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.FakeBackend;
import dev.latchkey.agent.backend.Leasing;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Users that a real Vault makes in a real PostgreSQL, and their leases. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultLeasesTest {

  private final TimeSource time = TimeSource.system();
  private final VaultServer server = RealVault.shared();
  private final VaultAdmin admin = new VaultAdmin(server);
  private final FaultyProxy proxy = new FaultyProxy(server.address());
  private final VaultHttp http = new VaultHttp("vault", VaultServers.at(proxy.address()), time);
  private final VaultBackend backend =
      new VaultBackend(http, new FixedTokens(admin.root()), VaultOptions.NONE, time);
  private final String database = admin.mount("database");
  private RealPostgres postgres;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    postgres = new RealPostgres(directory);
    postgres.asSuperuser(
        "postgres",
        "SET log_statement = 'none'",
        "CREATE ROLE vault SUPERUSER LOGIN PASSWORD 'vaults-own'",
        "CREATE ROLE static_app LOGIN");
    admin.write(
        database + "config/shop",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add(
                "connection_url",
                "postgresql://{{username}}:{{password}}@127.0.0.1:"
                    + postgres.port()
                    + "/postgres?sslmode=disable")
            .add("username", "vault")
            .add("password", "vaults-own")
            .add("allowed_roles", "*"));
    role("app", "20s", "60s");
    admin.write(
        database + "static-roles/fixed",
        new JsonObject()
            .add("db_name", "shop")
            .add("username", "static_app")
            .add("rotation_period", "1h"));
  }

  private void role(String name, String ttl, String maximum) {
    admin.write(
        database + "roles/" + name,
        new JsonObject()
            .add("db_name", "shop")
            .add("default_ttl", ttl)
            .add("max_ttl", maximum)
            .add(
                "creation_statements",
                "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL"
                    + " '{{expiration}}'"));
  }

  @AfterEach
  void heal() {
    proxy.heal();
  }

  @AfterAll
  void stop() throws Exception {
    // Else the shared server goes on to look for the database.
    admin.write("sys/leases/revoke-prefix/" + database, new JsonObject().add("sync", true));
    http.close();
    proxy.close();
    admin.close();
    postgres.close();
  }

  private BackendRead read(String path) {
    return backend.read(database + path, Optional.empty());
  }

  private static String text(SecretContent content, String field) {
    return content
        .field(field)
        .map(value -> value.read(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .orElse("(no such field)");
  }

  private boolean opens(BackendRead read) {
    String user = text(read.content(), SecretContent.USERNAME);
    return postgres.opens("postgres", user, text(read.content(), SecretContent.PASSWORD));
  }

  private static SecretException failure(Runnable call) {
    SecretException failure = catchThrowableOfType(SecretException.class, call::run);
    assertThat(failure).isNotNull();
    return failure;
  }

  private static Lifetime.Leased leased(BackendRead read) {
    assertThat(read.lifetime()).isInstanceOf(Lifetime.Leased.class);
    return (Lifetime.Leased) read.lifetime();
  }

  /** A user that a mere look at the mount makes would be in no ledger. */
  @Test
  void whereTheMountIsNotToldNoWriteMakesAUser() {
    proxy.only("sys/internal/ui/mounts").answer(403, "{\"errors\":[\"permission denied\"]}");
    VaultBackend another =
        new VaultBackend(http, new FixedTokens(admin.root()), VaultOptions.NONE, time);
    role("never", "20s", "60s");
    String path = database + "creds/never";
    List<Runnable> calls =
        List.of(
            () -> another.put(path, FakeBackend.text("one"), Optional.empty()),
            () -> another.newest(path),
            () -> another.delete(path, List.of()),
            () -> another.undelete(path, List.of("1")),
            () -> another.destroy(path, List.of("1")));
    assertThat(calls)
        .allSatisfy(
            call -> {
              SecretException failure = failure(call);
              assertThat(failure.reason()).isEqualTo(Reason.NOT_POSSIBLE_NOW);
              assertThat(failure).hasMessageContaining("kv_mounts");
            });
    assertThat(admin.list("sys/leases/lookup/" + path)).isEmpty();
  }

  @Test
  void aReadMakesAUserWithALease() {
    Instant before = time.now();
    BackendRead read = read("creds/app");
    assertThat(read.content().fields()).containsOnlyKeys("username", "password");
    assertThat(read.version()).isEmpty();
    assertThat(read.leaseId()).startsWith(database + "creds/app/");
    assertThat(leased(read).renewable()).isTrue();
    assertThat(leased(read).expiresAt())
        .isBetween(before.plusSeconds(20), time.now().plusSeconds(20));
    assertThat(opens(read)).isTrue();
  }

  @Test
  void aRenewalIsGrantedUpToTheMaximumLife() {
    BackendRead read = read("creds/app");
    Leasing.Renewal renewed = backend.renew(read.leaseId(), Duration.ofHours(1));
    Instant issued = leased(read).issuedAt();
    assertThat(renewed.expiresAt()).isBetween(issued.plusSeconds(50), issued.plusSeconds(62));
    Leasing.Renewal shorter = backend.renew(read.leaseId(), Duration.ofSeconds(5));
    assertThat(shorter.expiresAt()).isBefore(renewed.expiresAt());
  }

  @Test
  void aRevokedLeaseOpensNothingAndIsNoLongerKnown() {
    BackendRead read = read("creds/app");
    backend.revoke(read.leaseId());
    assertThat(opens(read)).isFalse();
    backend.revoke(read.leaseId());
    backend.revoke("no/such/lease");
    SecretException failure = failure(() -> backend.renew(read.leaseId(), Duration.ofSeconds(5)));
    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void aPathThatIsNotFoundIsNoLeaseThatEnded() {
    BackendRead read = read("creds/app");
    proxy.only("/sys/leases/renew").answer(404, "{\"errors\":[]}");
    SecretException failure = failure(() -> backend.renew(read.leaseId(), Duration.ofSeconds(5)));
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    proxy.heal();
    assertThat(backend.renew(read.leaseId(), Duration.ofSeconds(5)).renewable()).isTrue();
  }

  @Test
  void theServerTellsTheLeasesUnderAPath() {
    role("listed", "30s", "60s");
    assertThat(backend.leases(database + "creds/listed")).isEmpty();
    BackendRead one = read("creds/listed");
    BackendRead two = read("creds/listed");
    List<Leasing.KnownLease> leases = backend.leases(database + "creds/listed");
    assertThat(leases)
        .extracting(Leasing.KnownLease::leaseId)
        .containsExactlyInAnyOrder(one.leaseId(), two.leaseId());
    assertThat(leases)
        .allSatisfy(
            lease ->
                assertThat(Duration.between(lease.issuedAt(), lease.expiresAt()))
                    .isBetween(Duration.ofSeconds(29), Duration.ofSeconds(31)));
  }

  @Test
  void whoMayNotLookIsRefused() {
    VaultBackend narrow =
        new VaultBackend(
            http,
            new FixedTokens(
                admin.tokenWith("path \"" + database + "*\" { capabilities = [\"read\"] }")),
            VaultOptions.NONE,
            time);
    BackendRead read = narrow.read(database + "creds/app", Optional.empty());
    assertThat(opens(read)).isTrue();
    assertThat(failure(() -> narrow.leases(database + "creds/app")).reason())
        .isEqualTo(Reason.BACKEND_REFUSED);
    assertThat(narrow.renew(read.leaseId(), Duration.ofSeconds(30)).renewable())
        .as("the default policy allows a renewal")
        .isTrue();
  }

  @Test
  void aLeaseIsBookedUnderTheTokenThatTheServerTookInTheEnd() {
    String narrow =
        admin.tokenWith("path \"" + database + "creds/x\" { capabilities = [\"read\"] }");
    FixedTokens tokens = new FixedTokens(narrow).then(admin.root());
    VaultBackend replaced = new VaultBackend(http, tokens, VaultOptions.NONE, time);
    BackendRead read = replaced.read(database + "creds/app", Optional.empty());
    assertThat(tokens.refusals()).isEqualTo(1);
    assertThat(read.under().orElseThrow().value()).isEqualTo(SecretValue.ofText(admin.root()));
    assertThat(read.toString()).doesNotContain(admin.root());
  }

  @Test
  void aStaticLoginHasNoLeaseAndNothingInItThatCountsDown() {
    BackendRead read = read("static-creds/fixed");
    assertThat(read.content().fields())
        .containsOnlyKeys("username", "password", "last_vault_rotation", "rotation_period");
    assertThat(read.lifetime()).isEqualTo(new Lifetime.Unleased());
    assertThat(read.leaseId()).isEmpty();
    assertThat(read.changesAt().orElseThrow())
        .isBetween(time.now().plusSeconds(3000), time.now().plusSeconds(3600));
    assertThat(opens(read)).isTrue();
    assertThat(read("static-creds/fixed").content()).isEqualTo(read.content());
    admin.write(database + "rotate-role/fixed", new JsonObject());
    assertThat(opens(read)).isFalse();
    assertThat(opens(read("static-creds/fixed"))).isTrue();
  }

  @Test
  void onlyAReadThatMakesALoginMayLease() {
    assertThat(backend.mayLease(database + "creds/app")).isTrue();
    assertThat(backend.mayLease(database + "static-creds/fixed")).isFalse();
    assertThat(backend.mayLease("cubbyhole/x")).isTrue();
    assertThat(backend.mayLease("no-such-mount/x")).isTrue();
    proxy.refuse();
    assertThat(failure(() -> backend.mayLease("unknown-mount/x")).reason())
        .as("nobody can tell, and nothing is to be asked for")
        .isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void aLoginIsNotWrittenAndHasNoVersions() {
    String path = database + "creds/app";
    SecretContent content = read("creds/app").content();
    assertThat(failure(() -> backend.put(path, content, Optional.empty())).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure(() -> backend.read(path, Optional.of("1"))).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure(() -> backend.delete(path, List.of())).reason())
        .isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void aRoleThatIsNotThereIsToldAsTheServerTellsIt() {
    assertThat(failure(() -> read("creds/nobody")).reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure(() -> read("nothing/here")).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  private void grants(String duration) {
    proxy.answer(
        200,
        "{\"lease_id\":\"database/creds/app/x\",\"lease_duration\":"
            + duration
            + ",\"renewable\":true,\"data\":{\"username\":\"u\",\"password\":\"p\"}}");
  }

  @Test
  void aLeaseThatHasEndedAlreadyIsUnavailableAndSaysWhereToLook() {
    read("creds/app");
    for (String duration : List.of("0", "-5", "\"soon\"", "null")) {
      proxy.heal();
      grants(duration);
      SecretException read = failure(() -> read("creds/app"));
      assertThat(read.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(read.retryDelay()).isPresent();
      assertThat(read).hasMessageContaining("default_ttl");
      assertThat(failure(() -> backend.renew("x", Duration.ofSeconds(5))).reason())
          .as("no time at all is no outage: the lease gets its successor")
          .isEqualTo(Reason.BACKEND_REFUSED);
    }
  }

  @Test
  void aLeaseOfTenYearsIsBelievedForAMonth() {
    read("creds/app");
    for (String duration : List.of("315360000", "1e300", "9223372036854775807")) {
      proxy.heal();
      grants(duration);
      Lifetime.Leased leased = leased(read("creds/app"));
      assertThat(Duration.between(leased.issuedAt(), leased.expiresAt()))
          .isEqualTo(LeaseTimes.LONGEST);
    }
  }

  @Test
  void aLeaseShorterThanWishedIsTakenAsItIs() {
    grants("3");
    Instant before = time.now();
    assertThat(backend.renew("x", Duration.ofHours(1)).expiresAt())
        .isBetween(before.plusSeconds(3), time.now().plusSeconds(3));
  }
}
