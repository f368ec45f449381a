package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.Mailbox;
import dev.latchkey.agent.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rotation of one secret: its mailbox, its runner, its timer and how it is seen. All but {@link
 * #state} happens in the mailbox; the timer fires at least every 15 s, and every wait is judged
 * against the wall clock anew, so that a machine that slept does not oversleep.
 */
final class SecretRotation implements AutoCloseable {

  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int REMEMBERED = 20;

  private final SecretName name;
  private final RotationDeclaration declaration;
  private final RotationContext context;
  private final RotationJournal journal;
  private final RotationRequests requests;
  private final RotationRunner runner;
  private final ScheduledRotation schedule;
  private final RotationView view;
  private final Waiters waiters = new Waiters();
  private final Mailbox mailbox;
  private boolean loaded;
  private Timers.@Nullable Timer timer;
  private volatile boolean stopping;
  private volatile boolean closed;
  private volatile Optional<RotationState> state = Optional.empty();

  SecretRotation(SecretName name, RotationDeclaration declaration, RotationContext context) {
    this.name = name;
    this.declaration = declaration;
    this.context = context;
    this.journal = new RotationJournal(context);
    this.requests = new RotationRequests(name, declaration, context);
    this.mailbox = new Mailbox(context.executor());
    this.runner = new RotationRunner(name, declaration, context, journal, new TellingWaiters());
    this.schedule = new ScheduledRotation(name, declaration, context, journal, requests);
    this.view = new RotationView(name, context, journal, runner, schedule);
  }

  RotationDeclaration declaration() {
    return declaration;
  }

  Optional<RotationState> state() {
    return state;
  }

  /** Looks whether something can go on. */
  void wake() {
    mailbox.post(this::turn);
  }

  /** Looks whether something can go on, and tries again at once what failed. */
  void retry() {
    mailbox.post(
        () -> {
          forgetTroubles();
          turn();
        });
  }

  CompletableFuture<RotationState> rotate(
      String requestId, String actor, Consumer<RotationState> progress) {
    return request(progress, () -> joined(requestId), () -> beginRotate(requestId, actor));
  }

  CompletableFuture<RotationState> rollback(
      long version, String actor, Consumer<RotationState> progress) {
    return request(
        progress,
        Optional::empty,
        () -> begin(requests.rollback(version, actor), unset("rolled back")));
  }

  CompletableFuture<RotationState> adopt(String username, SecretValue password, String actor) {
    return request(
        state -> {},
        Optional::empty,
        () -> begin(requests.adopt(username, password, actor), unset("adopted")));
  }

  CompletableFuture<RotationState> recover(String actor, Consumer<RotationState> progress) {
    return request(progress, Optional::empty, () -> beginRecover(actor));
  }

  /** Tells those who wait that the agent stops, as soon as the step under way has acted. */
  void stopWaiting() {
    stopping = true;
    mailbox.post(() -> waiters.failAll(stops()));
  }

  private static SecretException stops() {
    return SecretException.of(
        Reason.UNAVAILABLE, "the agent stops; the rotation goes on when it starts again");
  }

  @Override
  public void close() {
    closed = true;
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    mailbox.post(
        () -> {
          cancelTimer();
          waiters.failAll(stops());
          last.complete(true);
        });
    var _ = last.completeOnTimeout(false, CLOSE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private CompletableFuture<RotationState> request(
      Consumer<RotationState> progress,
      Supplier<Optional<RotationRecord>> join,
      Supplier<RotationRecord> begin) {
    CompletableFuture<RotationState> end = new CompletableFuture<>();
    mailbox.post(context.inTrace().apply(() -> take(progress, join, begin, end)));
    return end;
  }

  private void take(
      Consumer<RotationState> progress,
      Supplier<Optional<RotationRecord>> join,
      Supplier<RotationRecord> begin,
      CompletableFuture<RotationState> end) {
    try {
      refuseWhenStopping();
      load();
      RotationRecord row = join.get().orElseGet(begin);
      if (row.underWay()) {
        waiters.add(row.id(), progress, end);
      } else {
        end.complete(view.of(row));
      }
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
    turn();
  }

  private void refuseWhenStopping() {
    if (stopping) {
      throw stops();
    }
  }

  /**
   * The rotation that a request joins: the one it began, or the one that is stuck and is tried
   * again for it.
   */
  private Optional<RotationRecord> joined(String requestId) {
    Optional<RotationRecord> known = journal.byRequest(name, requestId);
    if (known.isPresent()) {
      forgetTroubles();
      return known;
    }
    Optional<RotationRecord> stuck =
        runner
            .open()
            .underWay()
            .filter(row -> row.kind() == RotationKind.ROTATE)
            .filter(row -> runner.trouble(row).isPresent());
    stuck.ifPresent(row -> forgetTroubles());
    return stuck;
  }

  private RotationRecord beginRotate(String requestId, String actor) {
    runner
        .open()
        .underWay()
        .ifPresent(
            row -> {
              throw underWay(row);
            });
    return begin(
        requests.rotate(CurrentLogin.state(context.current(), name), requestId, actor), List.of());
  }

  private RotationRecord beginRecover(String actor) {
    Optional<RotationRecord> last =
        journal.history(name, REMEMBERED).stream().filter(row -> row.version() > 0).findFirst();
    Optional<RotationRecord> half =
        runner
            .open()
            .underWay()
            .filter(
                row ->
                    row.kind() == RotationKind.RECOVER
                        || (row.kind() == RotationKind.ROTATE && row.isSet()));
    return begin(requests.recover(last, half, actor), runner.open().inOrder());
  }

  /** The rotation under way that gives way, since its login role is not touched yet. */
  private List<RotationRecord> unset(String what) {
    Optional<RotationRecord> underWay = runner.open().underWay();
    if (underWay.filter(row -> row.isSet() || row.kind() != RotationKind.ROTATE).isPresent()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          name + " cannot be " + what + " now: " + underWay(underWay.get()).safeMessage());
    }
    return underWay.stream().toList();
  }

  private RotationRecord begin(RotationRecord planned, List<RotationRecord> givingWay) {
    runner.begin(
        planned, RotationRequests.superseded(givingWay, planned.kind(), context.time().now()));
    return planned;
  }

  private SecretException underWay(RotationRecord row) {
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW,
        "a "
            + row.kind().word()
            + " is under way, at "
            + row.step().words()
            + runner.awaited(row).map(await -> ", " + await.waiting()).orElse("")
            + "; ask again when it is published");
  }

  private void load() {
    if (!loaded) {
      runner.load();
      loaded = true;
    }
  }

  private void forgetTroubles() {
    runner.forgetTroubles();
    schedule.forgetTrouble();
  }

  private void turn() {
    if (closed) {
      return;
    }
    try {
      load();
      runner.advance();
      beginWhenDue();
      schedule.succeeded();
    } catch (RuntimeException e) {
      schedule.failed(e);
    } finally {
      state = view.shown();
      rearm();
    }
  }

  private void beginWhenDue() {
    Optional<RotationRecord> due = schedule.due(runner.open().underWay().isPresent());
    if (due.isPresent()) {
      begin(due.get(), List.of());
      runner.advance();
    }
  }

  private void rearm() {
    cancelTimer();
    if (!closed) {
      timer = context.timers().schedule(Waking.next(waits()), this::wake);
    }
  }

  private Stream<Duration> waits() {
    Instant now = context.time().now();
    long nanoTime = context.time().nanoTime();
    Stream<Duration> rows =
        runner.open().inOrder().stream()
            .flatMap(
                row -> Waking.of(runner.trouble(row), runner.awaited(row), now, nanoTime).stream());
    return Stream.concat(rows, schedule.wait(runner.open().underWay().isPresent()).stream());
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Hands on what the runner does to those who wait. */
  private final class TellingWaiters implements RotationRunner.Progress {

    @Override
    public void stepped(RotationRecord row) {
      RotationState seen = view.of(row);
      state = Optional.of(seen);
      waiters.tell(seen);
    }

    @Override
    public void settled(RotationRecord row, Optional<SecretException> refusal) {
      refusal.ifPresentOrElse(
          why -> waiters.fail(row.id(), why), () -> waiters.complete(view.of(row)));
    }
  }
}
