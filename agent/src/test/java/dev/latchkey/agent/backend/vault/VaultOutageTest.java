package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.target.postgresql.RealPostgres;
import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thousand secrets and a lease of a real Vault that goes and comes back: what it is asked in
 * between, and how soon everything is there again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultOutageTest {

  private static final int SECRETS = 1_000;
  private static final Duration REFRESH = Duration.ofSeconds(2);

  /** As many calls as a circuit lets through at once, and three more for those that opened it. */
  private static final int UNDER_WAY = 128 + 3;

  /** How long each outage lasts at least, from when it was noticed. */
  private static final Duration OPEN = Duration.ofSeconds(7);

  private static final Duration RETURN = Duration.ofSeconds(5);

  /** A thousand reads on a machine that does other things too. */
  private static final Duration WHOLE = Duration.ofSeconds(20);

  private static final SecretName LEASED = new SecretName("orders-db");
  private static final SecretName CHANGED = new SecretName("s7");

  private VaultServer server;
  private VaultAdmin admin;
  private RealPostgres postgres;
  private String mount;
  private String database;

  @BeforeAll
  void start(@TempDir Path storage, @TempDir Path data) throws Exception {
    server = RealVault.start(storage);
    admin = new VaultAdmin(server);
    postgres = new RealPostgres(data);
    postgres.asSuperuser(
        "postgres",
        "SET log_statement = 'none'",
        "CREATE ROLE vault SUPERUSER LOGIN PASSWORD 'vaults-own'");
    mount = admin.mountKeyValue(2);
    for (int i = 0; i < SECRETS; i++) {
      write("s" + i, "one");
    }
    database = admin.mount("database");
    String url = "postgresql://{{username}}:{{password}}@127.0.0.1:";
    admin.write(
        database + "config/shop",
        new JsonObject()
            .add("plugin_name", "postgresql-database-plugin")
            .add("connection_url", url + postgres.port() + "/postgres?sslmode=disable")
            .add("username", "vault")
            .add("password", "vaults-own")
            .add("allowed_roles", "*"));
    admin.write(
        database + "roles/app",
        new JsonObject()
            .add("db_name", "shop")
            .add("default_ttl", "4s")
            .add("max_ttl", "4s")
            .add(
                "creation_statements",
                "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL"
                    + " '{{expiration}}'"));
  }

  private void write(String name, String value) {
    JsonObject fields = new JsonObject().add("value", value);
    admin.write(mount + "data/" + name, new JsonObject().add("data", fields));
  }

  @AfterAll
  void stop() throws Exception {
    admin.close();
    server.close();
    postgres.close();
  }

  private List<Declaration> declarations() {
    List<Declaration> all = new ArrayList<>();
    for (int i = 0; i < SECRETS; i++) {
      all.add(declaration(new SecretName("s" + i), mount + "s" + i));
    }
    all.add(declaration(LEASED, database + "creds/app"));
    return all;
  }

  private static Declaration declaration(SecretName name, String path) {
    return new Declaration(
        name,
        "vault",
        path,
        "static",
        true,
        Duration.ofHours(1),
        REFRESH,
        false,
        "",
        Optional.empty(),
        new LeaseDeclaration(Duration.ofSeconds(1), false, false));
  }

  /** How a server goes, and how it comes back. */
  record Absence(
      BiConsumer<VaultServer, FaultyProxy> go, BiConsumer<VaultServer, FaultyProxy> comeBack) {

    static Absence of(Consumer<FaultyProxy> fault) {
      return new Absence((server, proxy) -> fault.accept(proxy), (server, proxy) -> proxy.heal());
    }
  }

  static Stream<Named<Absence>> absences() {
    return Stream.of(
        Named.of("refuses", Absence.of(FaultyProxy::refuse)),
        Named.of("hangs", Absence.of(FaultyProxy::hang)),
        Named.of("talks garbage", Absence.of(FaultyProxy::garbage)),
        Named.of(
            "fails everything",
            Absence.of(proxy -> proxy.answer(500, "{\"errors\":[\"internal error\"]}"))),
        Named.of(
            "stands behind a proxy that fails",
            Absence.of(proxy -> proxy.answer(502, "<html></html>"))),
        Named.of(
            "is sealed and unsealed",
            new Absence((server, proxy) -> server.seal(), (server, proxy) -> server.unseal())),
        Named.of(
            "is stopped and started",
            new Absence((server, proxy) -> server.stop(), (server, proxy) -> server.start())));
  }

  @ParameterizedTest
  @MethodSource("absences")
  void aServerThatGoesSeesTheProbesAloneAndHasEverythingBackWithinFiveSeconds(Absence absence)
      throws Exception {
    write(CHANGED.text(), "one");
    try (OutageWorld world = new OutageWorld(server.address(), admin.root(), declarations())) {
      await(Duration.ofSeconds(60)).until(() -> world.missing().isEmpty() && world.isLeased());
      absence.go().accept(server, world.proxy());
      int gone = world.proxy().requests();
      await(Duration.ofSeconds(10)).until(() -> world.isOpen());
      long began = world.time().nanoTime();
      await(Duration.ofSeconds(20)).until(() -> !world.isLeased());
      assertThat(calls(world, gone))
          .as("what may be under way at once, until three have failed")
          .isLessThanOrEqualTo(UNDER_WAY);
      int settled = world.proxy().requests();
      await(Duration.ofSeconds(20)).until(() -> world.time().nanoTime() - began > OPEN.toNanos());
      assertThat(calls(world, settled)).as("probes alone").isZero();
      Duration open = Duration.ofNanos(world.time().nanoTime() - began);
      assertThat(world.probes())
          .as("at the pace of the backoff")
          .isLessThanOrEqualTo(12 + 2 * open.toSeconds());
      assertThat(world.openIntents())
          .as("at most what was under way when it opened is unknown")
          .isLessThanOrEqualTo(1);

      absence.comeBack().accept(server, world.proxy());
      write(CHANGED.text(), "two");
      await(RETURN)
          .untilAsserted(
              () -> {
                assertThat(world.isLeased()).as("%s", world.missing()).isTrue();
                assertThat(world.serves(CHANGED, "two")).as("%s", world.missing()).isTrue();
              });
      await(WHOLE).untilAsserted(() -> assertThat(world.missing()).isEmpty());
      assertThat(world.events()).anyMatch(AgentEvent.CircuitClosed.class::isInstance);
    }
  }

  /** The requests since the first {@code from} that are no probes. */
  private static long calls(OutageWorld world, int from) {
    List<String> sent = world.proxy().requestLines();
    return sent.subList(from, sent.size()).stream()
        .filter(line -> !line.contains("sys/health"))
        .count();
  }

  private static ConditionFactory await(Duration limit) {
    return Awaitility.await()
        .atMost(limit)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20));
  }
}
