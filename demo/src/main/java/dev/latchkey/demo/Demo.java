package dev.latchkey.demo;

import dev.latchkey.demo.agent.WatchedLogin;
import dev.latchkey.demo.process.Started;
import dev.latchkey.demo.report.Board;
import dev.latchkey.demo.report.Judgement;
import dev.latchkey.demo.report.Round;
import dev.latchkey.demo.report.Summary;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The run: the stage is set, the load goes on, the credential rotates, and at the end all is
 * judged.
 */
final class Demo {

  /**
   * The exit code of a run that neither passed nor failed: the load did not begin, or was ended.
   */
  static final int NOT_RUN = 4;

  private static final int FAILED = 1;

  private static final Duration LOGIN_PATIENCE = Duration.ofSeconds(30);

  private final DemoOptions options;
  private final Scene scene;
  private final Patience patience;
  private final Board board;
  private final InstantSource clock;
  private final Observations observations;

  /** Whether the load goes on: what fails from then on is what the run is there to show. */
  private boolean begun;

  Demo(
      DemoOptions options,
      Scene scene,
      Patience patience,
      Board board,
      InstantSource clock,
      Observations observations) {
    this.options = options;
    this.scene = scene;
    this.patience = patience;
    this.board = board;
    this.clock = clock;
    this.observations = observations;
  }

  /**
   * Runs the demo to its end and prints what came of it; 0 when all was as it must be, 1 when
   * something was not, {@link #NOT_RUN} when the load did not begin or the run was ended.
   *
   * @param scene what the options' backend asks for
   */
  static int run(DemoOptions options, Scene scene) {
    InstantSource clock = InstantSource.system();
    Patience patience = new Patience(clock);
    Started started = new Started();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  patience.end();
                  started.close();
                },
                "end-the-demo"));
    PrintStream out = options.json() ? System.err : System.out;
    try (started;
        Board board = new Board(out, !options.json() && onTerminal())) {
      Demo demo = new Demo(options, scene, patience, board, clock, new Observations());
      return demo.run(started);
    }
  }

  private int run(Started started) {
    try {
      Summary summary = play(started);
      board.summary(summary);
      if (options.json()) {
        System.out.println(summary.json());
      }
      return summary.passed() ? 0 : FAILED;
    } catch (IOException | SQLException | RuntimeException failed) {
      return patience.isEnded() ? NOT_RUN : failed(failed, System.err);
    } catch (InterruptedException ended) {
      return NOT_RUN;
    }
  }

  /** Says what failed, and whether the run tells anything of the rotation; the exit code. */
  int failed(Exception failed, PrintStream err) {
    String message = failed.getMessage();
    String said = message == null ? failed.getClass().getSimpleName() : message;
    err.println(
        begun
            ? "demo: failed under load: " + said
            : "demo: the load could not begin, so this run shows nothing: " + said);
    return begun ? FAILED : NOT_RUN;
  }

  private static boolean onTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private Summary play(Started started) throws IOException, SQLException, InterruptedException {
    Stage stage = new Stage(options, started, patience, board);
    Stage.Database database = stage.database();
    Stage.Agent agent = scene.agent(stage, database);
    WatchedLogin watched = stage.watchedLogin(agent);
    Application application = stage.application(agent, scene.url(database), observations);
    Succession succession =
        scene.succession(
            agent, database, watched, observations, patience, options.swap() ? options.pool() : 0);
    return options.swap() ? swap(application, succession) : control(application, succession);
  }

  private Summary swap(Application application, Succession succession)
      throws SQLException, InterruptedException {
    Instant begun = clock.instant();
    int firstLogins = firstLogins();
    List<Round> rounds = rounds(application, succession, begun);
    finish(application);
    return judgement(rounds, firstLogins, begun).ofSwap();
  }

  private Summary control(Application application, Succession succession)
      throws SQLException, InterruptedException {
    board.say("CONTROL RUN: the pool keeps its first credential; this run must fail");
    Instant begun = clock.instant();
    int firstLogins = firstLogins();
    List<Round> rounds = rounds(application, succession, begun);
    patience.await(LOGIN_PATIENCE, () -> observations.failed() >= options.threads());
    finish(application);
    return judgement(rounds, firstLogins, begun).ofControl();
  }

  int firstLogins() throws InterruptedException {
    patience.require(
        LOGIN_PATIENCE, "the first logins", () -> observations.logins() >= options.pool());
    begun = true;
    return observations.logins();
  }

  /** Rotates as often and for as long as was asked. */
  private List<Round> rounds(Application application, Succession succession, Instant begun)
      throws SQLException, InterruptedException {
    List<Round> rounds = new ArrayList<>();
    while (rounds.size() < options.rotations()
        || Duration.between(begun, clock.instant()).compareTo(options.duration()) < 0) {
      application.requireAlive();
      rounds.add(round(succession, rounds.size() + 1));
    }
    return rounds;
  }

  private Round round(Succession succession, int number) throws SQLException, InterruptedException {
    Round round = succession.next(number, step -> board.status(observations.progress(), step));
    Round judged = options.swap() ? round.judged(options.pool()) : round;
    board.row(judged, observations.progress());
    return judged;
  }

  private void finish(Application application) throws InterruptedException {
    if (application.finish()) {
      patience.await(LOGIN_PATIENCE, () -> observations.finished().isPresent());
    }
  }

  private Judgement judgement(List<Round> rounds, int firstLogins, Instant begun) {
    return new Judgement(
        rounds,
        observations.failures(),
        observations.logins(),
        firstLogins,
        observations.progress(),
        observations.finished(),
        Duration.between(begun, clock.instant()));
  }
}
