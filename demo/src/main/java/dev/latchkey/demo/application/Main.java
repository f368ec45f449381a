package dev.latchkey.demo.application;

import dev.latchkey.demo.process.Leash;
import dev.latchkey.demo.report.ApplicationEvent;
import dev.latchkey.demo.report.EventLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The application's process: works until it reads the line {@code finish}, then checks the books,
 * reports and ends. When its standard input ends before that, its parent is gone, and it ends at
 * once.
 */
public final class Main {

  /** The line that ends the load in order. */
  public static final String FINISH = "finish";

  private static final long PROGRESS_MILLIS = 250;

  private Main() {}

  public static void main(String[] args) throws Exception {
    ApplicationOptions options = ApplicationOptions.parse(args);
    InstantSource clock = InstantSource.system();
    try (Pool pool = Pools.open(options)) {
      Tally tally = new Tally(Main::tell);
      tell(new ApplicationEvent.Ready(clock.instant()));
      work(options, pool, tally, clock);
      tell(tally.finished(audit(pool, tally)));
    }
    System.exit(0);
  }

  private static void work(ApplicationOptions options, Pool pool, Tally tally, InstantSource clock)
      throws InterruptedException, IOException {
    Load load = Load.start(options.threads(), pool, tally, clock);
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      ScheduledFuture<?> reports =
          timer.scheduleAtFixedRate(
              () -> tell(tally.progress()),
              PROGRESS_MILLIS,
              PROGRESS_MILLIS,
              TimeUnit.MILLISECONDS);
      awaitFinish();
      load.finish();
      reports.cancel(false);
    }
  }

  private static void awaitFinish() throws IOException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = input.readLine();
    while (line != null && !line.equals(FINISH)) {
      line = input.readLine();
    }
    if (line == null) {
      System.exit(0);
    }
    Leash.hold(System.in);
  }

  private static Ledger.Audit audit(Pool pool, Tally tally) {
    try (Connection connection = pool.take()) {
      return Ledger.audit(connection, tally.transfers());
    } catch (SQLException failed) {
      return Ledger.Audit.unread(tally.transfers());
    }
  }

  private static synchronized void tell(ApplicationEvent event) {
    System.out.println(EventLines.write(event));
  }
}
