package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.DeclaredCatalog;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.current.CaffeineCurrent;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.InMemoryVersionStore;
import dev.latchkey.agent.current.SilentAudit;
import dev.latchkey.agent.lease.NoLeases;
import dev.latchkey.agent.rotation.LoginProofs;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.store.InMemoryTransactions;
import dev.latchkey.agent.supply.BackendSupply;
import dev.latchkey.agent.target.postgresql.PostgresTarget;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.FakeTime;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password of a real PostgreSQL that a real Vault changes, supplied on fake time. */
class StaticRoleTest {

  private static final SecretName ORDERS = new SecretName("orders-db");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration REFRESH = Duration.ofDays(1);

  private static RealPostgres postgres;

  private final FakeTime time = new FakeTime();
  private final VaultAdmin admin = new VaultAdmin(RealVault.shared());
  private final VaultHttp http =
      new VaultHttp("vault", VaultServers.at(RealVault.shared().address()), time);
  private final VaultBackend backend =
      new VaultBackend(http, new FixedTokens(admin.root()), VaultOptions.NONE, time);
  private final String mount = admin.mount("database");
  private LoginProofs proofs;
  private CaffeineCurrent current;
  private BackendSupply supply;
  private Runnable beforeProof = () -> {};
  private int proved;

  @BeforeAll
  static void startPostgres(@TempDir Path directory) throws Exception {
    postgres = new RealPostgres(directory);
    postgres.asSuperuser(
        "postgres",
        "SET log_statement = 'none'",
        "CREATE ROLE vault SUPERUSER LOGIN PASSWORD 'vaults-own'");
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void start() throws Exception {
    String user = VaultAdmin.name("static").replace('-', '_');
    postgres.asSuperuser("postgres", "CREATE ROLE " + user + " LOGIN");
    String place = "127.0.0.1:" + postgres.port() + "/postgres";
    admin.write(
        mount + "config/shop",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add("connection_url", "postgresql://{{username}}:{{password}}@" + place)
            .add("username", "vault")
            .add("password", "vaults-own")
            .add("allowed_roles", "*"));
    admin.write(
        mount + "static-roles/orders",
        new JsonObject().add("db_name", "shop").add("username", user).add("rotation_period", "1h"));
    TargetDeclaration target =
        new TargetDeclaration(
            "shop", "postgresql", "jdbc:postgresql://" + place, Optional.empty(), List.of());
    proofs = new LoginProofs(Map.of("shop", new PostgresTarget(target, new SecureRandom())));
    supplied(target);
  }

  private void supplied(TargetDeclaration target) {
    DeclaredCatalog catalog =
        new DeclaredCatalog(
            List.of(
                new Declaration(
                    ORDERS,
                    "vault",
                    mount + "static-creds/orders",
                    "database",
                    true,
                    REFRESH,
                    REFRESH,
                    false,
                    "",
                    Optional.empty(),
                    LeaseDeclaration.DEFAULT,
                    new SourceDeclaration(Optional.of("shop"), Optional.empty()))),
            List.of(),
            List.of(target),
            Set.of());
    current =
        new CaffeineCurrent(
            new InMemoryVersionStore(),
            new InMemoryTransactions(),
            new SilentAudit(),
            catalog,
            time,
            1 << 20);
    supply =
        new BackendSupply(
            current,
            catalog,
            Map.of("vault", backend),
            new NoLeases(),
            this::prove,
            time,
            time,
            new SplittableRandom(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            event -> {},
            Runnable::run);
    current.start(supply);
  }

  private void prove(String target, SecretContent login) {
    proved++;
    beforeProof.run();
    proofs.require(target, login);
  }

  @AfterEach
  void stop() throws Exception {
    supply.close();
    // Else the shared server goes on to change the password of a database that is gone.
    admin.delete(mount + "static-roles/orders");
    http.close();
    admin.close();
  }

  private void vaultChangesThePassword() {
    admin.write(mount + "rotate-role/orders", new JsonObject());
  }

  private Held held() {
    return current.peek(ORDERS).orElseThrow();
  }

  private static String text(Held held, String field) {
    return held.state()
        .content()
        .field(field)
        .map(value -> value.read(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .orElse("(no such field)");
  }

  private boolean opens(Held held) {
    return postgres.opens(
        "postgres", text(held, SecretContent.USERNAME), text(held, SecretContent.PASSWORD));
  }

  @Test
  void aChangedPasswordIsProvedAndPublishedWhenItIsDueLongBeforeTheRefresh() {
    Held first = current.read(ORDERS);
    assertThat(opens(first)).isTrue();
    assertThat(first.state().content().fields())
        .containsOnlyKeys("username", "password", "last_vault_rotation", "rotation_period");
    assertThat(text(first, "rotation_period")).isEqualTo("3600");
    assertThat(Instant.parse(text(first, "last_vault_rotation"))).isNotNull();
    vaultChangesThePassword();
    assertThat(opens(first)).isFalse();
    time.advance(HOUR.minusSeconds(30));
    assertThat(held().state().id()).as("not due yet").isEqualTo(first.state().id());
    time.advance(Duration.ofSeconds(31));
    assertThat(opens(held())).isTrue();
    assertThat(held().state().id().version()).isEqualTo(2);
    assertThat(text(held(), "last_vault_rotation"))
        .as("time and password come of one read")
        .isNotEqualTo(text(first, "last_vault_rotation"));
    assertThat(proved).isEqualTo(2);
  }

  @Test
  void aReadThatConfirmsMakesNoVersionAndNoProof() {
    Held first = current.read(ORDERS);
    time.advance(HOUR.plusMinutes(30));
    assertThat(held().state().id()).isEqualTo(first.state().id());
    assertThat(held().confirmedAt()).isAfter(first.confirmedAt());
    assertThat(proved).isEqualTo(1);
  }

  @Test
  void vaultChangesThePasswordBetweenTheReadAndItsProof() {
    Held first = current.read(ORDERS);
    vaultChangesThePassword();
    beforeProof = this::vaultChangesThePassword;
    time.advance(HOUR.plusSeconds(1));
    assertThat(proved).isGreaterThan(1);
    assertThat(held().state().content()).as("unproved").isEqualTo(first.state().content());
    assertThat(held().stale()).isTrue();
    assertThat(current.reason(ORDERS)).contains("read and not published");
    beforeProof = () -> {};
    time.advance(Duration.ofMinutes(2));
    assertThat(held().stale()).isFalse();
    assertThat(opens(held())).isTrue();
  }

  @Test
  void aDatabaseThatIsGonePublishesNothingUnproved() throws Exception {
    Held first = current.read(ORDERS);
    vaultChangesThePassword();
    beforeProof =
        () -> {
          throw SecretException.of(Reason.UNAVAILABLE, "target shop cannot be reached");
        };
    time.advance(HOUR.plusSeconds(1));
    assertThat(held().state().content()).isEqualTo(first.state().content());
    assertThat(held().stale()).isTrue();
    beforeProof = () -> {};
    time.advance(Duration.ofMinutes(2));
    assertThat(opens(held())).isTrue();
  }
}
