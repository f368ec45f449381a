package dev.latchkey.demo;

import dev.latchkey.demo.agent.AgentFiles;
import dev.latchkey.demo.agent.AgentProcess;
import dev.latchkey.demo.agent.Operator;
import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.application.ApplicationOptions;
import dev.latchkey.demo.database.DatabaseProcess;
import dev.latchkey.demo.database.LoginOutcome;
import dev.latchkey.demo.database.Server;
import dev.latchkey.demo.database.Superuser;
import dev.latchkey.demo.process.Leash;
import dev.latchkey.demo.process.Started;
import dev.latchkey.demo.process.TemporaryDirectory;
import dev.latchkey.demo.report.Board;
import dev.latchkey.demo.vault.VaultProcess;
import dev.latchkey.testing.vault.VaultBinary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Puts everything in place, in the order in which an operator would: the database, what the {@link
 * Scene} wants, the agent, the application. What it starts belongs to the {@link Started} it was
 * given.
 */
final class Stage {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration REFUSAL_PATIENCE = Duration.ofSeconds(10);

  private final DemoOptions options;
  private final Started started;
  private final Patience patience;
  private final Board board;
  private final TemporaryDirectory directory;
  private final Path logs;

  Stage(DemoOptions options, Started started, Patience patience, Board board) {
    this.options = options;
    this.started = started;
    this.patience = patience;
    this.board = board;
    this.directory = started.add(TemporaryDirectory.create("latchkey-demo-", options.keep()));
    this.logs = directory.directory("logs");
    if (options.keep()) {
      board.say("kept afterwards: " + directory.path());
    }
  }

  TemporaryDirectory directory() {
    return directory;
  }

  Board board() {
    return board;
  }

  /** Starts PostgreSQL and returns once a wrong password was seen refused. */
  Database database() throws IOException, InterruptedException {
    String password = Passwords.random();
    board.say("starting PostgreSQL 18 ...");
    DatabaseProcess process =
        started.add(
            DatabaseProcess.start(
                directory.directory("database"), logs.resolve("database.log"), password));
    Server server = process.awaitServer();
    patience.require(
        REFUSAL_PATIENCE,
        "PostgreSQL to refuse a wrong password",
        () -> wrongPassword(server) instanceof LoginOutcome.Refused);
    board.say("a login with a wrong password: " + wrongPassword(server).words());
    return new Database(server, new Superuser(server, password));
  }

  private static LoginOutcome wrongPassword(Server server) {
    return server.tryLogin(Superuser.NAME, Superuser.NAME, "wrong-" + Passwords.random());
  }

  /** Starts a Vault, which is not there yet when this returns. */
  VaultProcess vault(VaultBinary binary) {
    return started.add(
        VaultProcess.start(binary, directory.directory("vault"), logs.resolve("vault.log")));
  }

  /** Starts an agent and returns once it is ready. */
  Agent agent(AgentFiles files) throws InterruptedException {
    board.say("starting the agent ...");
    AgentProcess process =
        started.add(
            AgentProcess.start(
                Installation.find().agent(AgentProcess.MAIN, AgentProcess.arguments(files)),
                Installation.placeOf(Leash.class),
                files,
                logs.resolve("agent.log")));
    patience.require(PATIENCE, "the agent's operator socket", process::listens);
    Operator operator = started.add(new Operator(files.operatorSocket()));
    patience.require(PATIENCE, "the agent to be ready", operator::isReady);
    return new Agent(files, operator);
  }

  /** Begins to watch the login that the agent gives out. */
  WatchedLogin watchedLogin(Agent agent) {
    return started.add(WatchedLogin.watch(agent.files().socket(), AgentFiles.SECRET));
  }

  /**
   * Starts the application and returns once its pool is open.
   *
   * @param url where its database is; empty when the credential says so
   */
  Application application(Agent agent, String url, Observations observations)
      throws InterruptedException {
    board.say("starting the application ...");
    Application application =
        started.add(
            Application.start(
                new ApplicationOptions(
                    agent.files().socket(),
                    AgentFiles.SECRET,
                    url,
                    options.threads(),
                    options.pool(),
                    options.swap()),
                logs.resolve("application.log"),
                observations::take));
    patience.require(
        PATIENCE,
        "the application's pool",
        () -> {
          application.requireAlive();
          return observations.isReady();
        });
    return application;
  }

  /** The database that runs. */
  record Database(Server server, Superuser superuser) {}

  /** The agent that runs. */
  record Agent(AgentFiles files, Operator operator) {}
}
