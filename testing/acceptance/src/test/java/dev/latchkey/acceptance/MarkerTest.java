package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * A secret's bytes appear only where they were asked for, however much is logged: not in a log, an
 * exception, a metric, the arguments or environment of a process, a crash report, the store's
 * files, or the database server's own log.
 */
class MarkerTest {

  private static final String LOGBACK =
      """
      <configuration>
        <appender name="all" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%level %logger %msg %mdc%n%ex{full}</pattern></encoder>
        </appender>
        <root level="TRACE"><appender-ref ref="all" /></root>
      </configuration>
      """;

  private static final String JUL =
      """
      handlers = java.util.logging.ConsoleHandler
      .level = ALL
      java.util.logging.ConsoleHandler.level = ALL
      """;

  @TempDir Path directory;

  private final Marker marker = Marker.fresh();
  private final List<String> found = new ArrayList<>();
  private final List<Process> started = new ArrayList<>();
  private Path seen;

  @BeforeEach
  void askForEverything() throws IOException {
    seen = Files.createDirectories(directory.resolve("seen"));
    Files.writeString(directory.resolve("logback.xml"), LOGBACK);
    Files.writeString(directory.resolve("logging.properties"), JUL);
  }

  @AfterEach
  void endWhatAFailureLeft() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void aSecretsBytesAppearNowhere() throws Exception {
    try (Database database = Database.start(directory.resolve("postgres"))) {
      RunningAgent agent =
          RunningAgent.start(
              directory.resolve("agent"),
              RunningAgent.Setup.of(database.configuration("60s", "1s"))
                  .withJvm(options().toArray(String[]::new)));
      started.add(agent.process());
      Cli cli = agent.cli().withJvm(options());
      prepare(database, agent, cli);
      Process application = application(agent);
      use(agent, cli);
      Process watcher = watcher(agent);
      look("cli", watcher);
      look("application", application);
      look("agent", agent.process());
      page(agent, "/metrics");
      page(agent, "/readyz");
      String rotated =
          Stage.json(agent.cli().run("get", "orders-db", "--json").ok().out())
              .path("fields")
              .path("password")
              .asText();
      cli.run("state", "backup", directory.resolve("backup").toString()).ok();
      crash(watcher);
      crash(application);
      crash(agent.process());
      search(marker, agent, database);
      search(new Marker(rotated), agent, database);
      assertThat(found).isEmpty();
      everybodyWasAskedForEverything(agent, database);
    }
  }

  @Test
  void theSearchFindsEveryShape() throws Exception {
    String value = "ab" + marker + "c";
    List<byte[]> shapes =
        List.of(
            bytes(value),
            bytes(Base64.getEncoder().encodeToString(bytes(value))),
            bytes(Base64.getMimeEncoder(20, new byte[] {'\n'}).encodeToString(bytes("x" + value))),
            bytes(HexFormat.of().formatHex(bytes(value))),
            bytes(HexFormat.of().formatHex(bytes(value)).toUpperCase(Locale.ROOT)));
    for (int i = 0; i < shapes.size(); i++) {
      Path file = Files.write(directory.resolve("shape" + i), shapes.get(i));
      assertThat(marker.foundBelow(file)).as("shape %d", i).isNotEmpty();
    }
    assertThat(Marker.fresh().foundBelow(directory)).isEmpty();
  }

  /** Besides the flags that are shipped: every logger at its lowest level. */
  private List<String> options() {
    return List.of(
        "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
        "-Djava.util.logging.config.file=" + directory.resolve("logging.properties"));
  }

  /** The administrator, the adopted user and a static secret all have the marker in their value. */
  private void prepare(Database database, RunningAgent agent, Cli cli) throws Exception {
    database.introduceTo(agent.cli());
    setPassword(database, Database.ADMIN, Database.ADMIN_PASSWORD, marker + "admin");
    keep(
        "put-admin",
        cli.feed(
            "username=" + Database.ADMIN + "\npassword=" + marker + "admin\n",
            "put",
            "orders-admin",
            "--from-file=-"),
        0);
    database.inOrders(List.of("ALTER ROLE orders_a LOGIN PASSWORD 'by-hand'"));
    setPassword(database, "orders_a", "by-hand", marker + "adopted");
    keep(
        "adopt-wrong",
        cli.feed(marker + "wrong", "adopt", "orders-db", "--username", "orders_a"),
        -1);
    keep("adopt", cli.feed(marker + "adopted", "adopt", "orders-db", "--username", "orders_a"), 0);
    keep("put", cli.feed("xy" + marker, "put", "app/mail", "password=-"), 0);
  }

  private static void setPassword(Database database, String user, String old, String password)
      throws Exception {
    try (Connection connection = DriverManager.getConnection(database.url(), user, old);
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE NONE");
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(user, password.toCharArray(), "scram-sha-256");
    }
  }

  /**
   * Everything that may go right or wrong with the values; what is printed on purpose is not kept.
   */
  private void use(RunningAgent agent, Cli cli) {
    keep("put-lost", cli.feed(marker + "2", "put", "app/mail", "password=-", "--expect", "77"), 6);
    keep("put-odd", cli.feed(marker + "\n", "put", "app/mail", "--from-file=-"), 2);
    keep("put-closed", cli.feed(marker + "3", "put", "elsewhere/mail", "password=-"), -1);
    keep("encrypt", cli.feed("p" + marker, "encrypt", "default"), 0);
    keep("decrypt-odd", cli.feed(marker.toString(), "decrypt", "default"), -1);
    keep("encrypt-nowhere", cli.feed(marker.toString(), "encrypt", "nowhere"), -1);
    keep("plan", cli.run("rotate", "orders-db", "--plan"), 0);
    keep("rotate", cli.run("rotate", "orders-db"), 0);
    keep("history", cli.run("history", "orders-db"), 0);
    keep("explain", cli.run("explain", "app/mail"), 0);
    keep("list", cli.run("list"), 0);
    keep("status", cli.run("status", "--json"), 0);
    keep("tail", cli.run("audit", "tail", "--json"), 0);
    Cli.Result asked = cli.run("get", "app/mail", "--field", "password");
    assertThat(asked.ok().out()).contains(marker.toString());
    keep("get", new Cli.Result(0, "", asked.err()), 0);
    assertThat(agent.isAlive()).isTrue();
  }

  /** Keeps what a run printed for the search; {@code exit} below 0 for any failure. */
  private void keep(String name, Cli.Result result, int exit) {
    if (exit < 0) {
      assertThat(result.exit()).as(name).isPositive();
    } else {
      assertThat(result.exit()).as(name + "\n" + result.err()).isEqualTo(exit);
    }
    try {
      Files.writeString(seen.resolve("cli-" + name), result.out() + "\n" + result.err());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Process application(RunningAgent agent) throws Exception {
    List<String> command = new ArrayList<>(List.of(Installation.java()));
    command.add("@" + Installation.root().resolve("bin/demo.jvmargs"));
    command.addAll(options());
    command.add("-XX:ErrorFile=" + seen.resolve("application-crash.log"));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            MarkedApplication.class.getName(),
            agent.socket().toString()));
    return start("application", command, agent, "\nworking\n");
  }

  /** The command line as it waits for changes; what it prints on purpose holds no value. */
  private Process watcher(RunningAgent agent) throws Exception {
    List<String> command = Installation.cli(options(), "watch", "app/mail", "--metadata", "--json");
    return start("cli-watch", command, agent, "caught_up");
  }

  private Process start(String name, List<String> command, RunningAgent agent, String sign)
      throws Exception {
    Path log = seen.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(seen.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("LATCHKEY_SOCKET", agent.socket().toString());
    Process process = builder.start();
    started.add(process);
    await(name + " to work")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(name + " ended:\n" + Files.readString(log));
              }
              return Files.readString(log).contains(sign);
            });
    return process;
  }

  /** What every user of the machine, or its own user, can see of a process. */
  private void look(String name, Process process) throws IOException {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    for (String file : List.of("cmdline", "environ")) {
      byte[] bytes = Files.readAllBytes(proc.resolve(file));
      assertThat(bytes).as("%s of %s", file, name).isNotEmpty();
      Files.write(seen.resolve(name + "-" + file), bytes);
    }
  }

  private void page(RunningAgent agent, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + agent.managementPort() + path);
    String body =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .body();
    assertThat(body).isNotBlank();
    Files.writeString(seen.resolve("page" + path.replace('/', '-')), body);
  }

  private static void crash(Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-SEGV", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
    await("the crash").atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
    assertThat(process.exitValue()).as("ended by the crash").isNotIn(0, 143);
  }

  private void search(Marker what, RunningAgent agent, Database database) throws IOException {
    found.addAll(what.foundBelow(seen));
    found.addAll(what.foundBelow(agent.home()));
    found.addAll(what.foundBelow(directory.resolve("backup")));
    found.addAll(what.foundBelow(database.log()));
  }

  private void everybodyWasAskedForEverything(RunningAgent agent, Database database)
      throws IOException {
    assertThat(Files.readString(agent.log())).contains("TRACE ", "DEBUG ");
    assertThat(Files.readString(seen.resolve("application.log")))
        .contains("DEBUG com.zaxxer.hikari")
        .contains("LatchkeyException");
    assertThat(Files.readString(seen.resolve("application-crash.log"))).contains("SIGSEGV");
    assertThat(Files.readString(database.log())).contains("ALTER ROLE", "SCRAM-SHA-256$");
    assertThat(Files.readString(seen.resolve("page-metrics"))).contains("latchkey_");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
