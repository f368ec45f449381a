package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.Backoff;
import dev.latchkey.agent.time.Mailbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the open rotations of one secret through their steps, one after another: at most one that
 * retires an earlier login role, and one on its way to a publish. Used inside the secret's {@link
 * Mailbox} alone.
 */
final class RotationRunner {

  static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
  private static final int REFUSALS = 3;

  private final SecretName name;
  private final RotationDeclaration declaration;
  private final RotationContext context;
  private final RotationJournal journal;
  private final StepActs acts;
  private final Publisher publisher;
  private final OpenRotations open = new OpenRotations();
  private final Map<String, Trouble> troubles = new HashMap<>();
  private final Map<String, Move.Await> awaited = new HashMap<>();
  private final Map<String, SecretException> refusals = new HashMap<>();
  private final Set<String> acted = new HashSet<>();
  private final Progress progress;

  RotationRunner(
      SecretName name,
      RotationDeclaration declaration,
      RotationContext context,
      RotationJournal journal,
      Progress progress) {
    this.name = name;
    this.declaration = declaration;
    this.context = context;
    this.journal = journal;
    this.progress = progress;
    this.acts = new StepActs(name, declaration, context);
    this.publisher = new Publisher(declaration, context, journal, acts);
  }

  /** Sees what the runner does. */
  interface Progress {

    /** A step acted, or the rotation waits or ended. */
    void stepped(RotationRecord row);

    /** Nothing more comes for now: it is published, ended, or in trouble. */
    void settled(RotationRecord row, Optional<SecretException> refusal);
  }

  /** Takes up what the store holds. */
  void load() {
    journal.open(name).forEach(open::put);
  }

  OpenRotations open() {
    return open;
  }

  Optional<Trouble> trouble(RotationRecord row) {
    return Optional.ofNullable(troubles.get(row.id()));
  }

  Optional<Move.Await> awaited(RotationRecord row) {
    return Optional.ofNullable(awaited.get(row.id()));
  }

  /** Makes every step that failed be tried again now. */
  void forgetTroubles() {
    troubles.clear();
  }

  /** Keeps a new rotation as planned, and ends those it takes the place of, in one transaction. */
  void begin(RotationRecord planned, List<RotationRecord> superseded) {
    at(planned, StepListener.Moment.BEFORE_WRITE);
    List<RotationRecord> rows = new ArrayList<>(superseded);
    rows.add(planned);
    boolean saved = false;
    try {
      journal.save(rows);
      saved = true;
    } finally {
      if (!saved) {
        context.steps().ended(name, planned.id());
      }
    }
    rows.forEach(open::put);
    superseded.forEach(this::settle);
    at(planned, StepListener.Moment.AFTER_WRITE);
  }

  /** Goes on as far as it can without waiting. */
  void advance() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (RotationRecord row : open.inOrder()) {
        moved |= open.holds(row) && step(row);
      }
    }
  }

  private boolean step(RotationRecord row) {
    Trouble trouble = troubles.get(row.id());
    if (trouble != null && context.time().nanoTime() - trouble.retryAtNanos() < 0) {
      return false;
    }
    try {
      Optional<Move> instead = insteadOfRetiring(row);
      if (instead.isPresent()) {
        return move(row, instead.get());
      }
      RotationRecord done = actOnce(row);
      return move(done, StepMachine.next(done, situation(done)));
    } catch (RuntimeException e) {
      return failed(open.get(row.id()).orElse(row), e);
    }
  }

  /** What is done in place of a retirement that was persisted, when its login role is in use. */
  private Optional<Move> insteadOfRetiring(RotationRecord row) {
    return row.step() == RotationStep.DRAINED && !acted.contains(row.id())
        ? StepMachine.inUse(row, situation(row))
        : Optional.empty();
  }

  private RotationRecord actOnce(RotationRecord row) {
    if (acted.contains(row.id()) || !row.failure().isEmpty()) {
      return row;
    }
    RotationRecord done = acts.act(row);
    open.put(done);
    acted.add(row.id());
    troubles.remove(row.id());
    at(done, StepListener.Moment.AFTER_ACT);
    progress.stepped(done);
    if (done.step() == RotationStep.PUBLISHED) {
      progress.settled(done, Optional.empty());
    }
    return done;
  }

  private boolean move(RotationRecord row, Move next) {
    switch (next) {
      case Move.Take take -> take(row, take.step());
      case Move.Await await -> {
        return await(row, await);
      }
      case Move.Undo undo -> undo(row, undo.why());
      case Move.Keep keep ->
          close(row.closed(RotationStep.ROLLED_BACK, keep.why(), context.time().now()));
      case Move.Done done -> open.remove(row);
    }
    return true;
  }

  /** Waits for something else than for the next try of what failed. */
  private boolean await(RotationRecord row, Move.Await await) {
    troubles.remove(row.id());
    if (!await.equals(awaited.put(row.id(), await))) {
      progress.stepped(row);
    }
    return false;
  }

  private void take(RotationRecord row, RotationStep step) {
    awaited.remove(row.id());
    RotationRecord next = row.at(step, context.time().now());
    at(next, StepListener.Moment.BEFORE_WRITE);
    List<RotationRecord> written =
        step == RotationStep.PUBLISHED ? publisher.publish(row, open.others(row)) : List.of(next);
    if (step != RotationStep.PUBLISHED) {
      journal.save(written);
    }
    acted.remove(row.id());
    troubles.remove(row.id());
    written.forEach(open::put);
    written.stream().skip(1).forEach(this::settle);
    at(next, StepListener.Moment.AFTER_WRITE);
    if (next.ended()) {
      at(next, StepListener.Moment.AFTER_ACT);
      settle(next);
    }
  }

  private void undo(RotationRecord row, String why) {
    if (row.failure().isEmpty()) {
      RotationRecord failing = row.failing(why);
      journal.save(List.of(failing));
      open.put(failing);
      return;
    }
    acts.undo(row, situation(row).currentLogin());
    close(row.closed(RotationStep.FAILED, row.failure(), context.time().now()));
    context.events().emit(new AgentEvent.RotationFailed(name, row.step().words(), row.failure()));
  }

  private void close(RotationRecord ended) {
    journal.save(List.of(ended));
    open.put(ended);
    settle(ended);
  }

  private void settle(RotationRecord ended) {
    open.remove(ended);
    troubles.remove(ended.id());
    awaited.remove(ended.id());
    acted.remove(ended.id());
    context.steps().ended(name, ended.id());
    progress.stepped(ended);
    progress.settled(ended, Optional.ofNullable(refusals.remove(ended.id())));
  }

  /** Judges a failure: given up at once, given up after some tries, or tried again later. */
  private boolean failed(RotationRecord row, RuntimeException e) {
    context.steps().failed(name, row.id(), row.step());
    Trouble before = troubles.get(row.id());
    int attempts = before == null ? 1 : before.attempts() + 1;
    Trouble trouble = Trouble.of(e, attempts);
    if (row.underWay() && row.failure().isEmpty() && givesUp(row, e, attempts)) {
      refusals.put(row.id(), asRefusal(e, trouble));
      return giveUp(row, trouble);
    }
    Duration delay = BACKOFF.delay(attempts, context.random());
    troubles.put(row.id(), trouble.retryAt(context.time().nanoTime() + delay.toNanos()));
    if (trouble.blocked() && (before == null || !before.waiting().equals(trouble.waiting()))) {
      context
          .events()
          .emit(
              new AgentEvent.RotationBlocked(
                  name,
                  trouble.why(),
                  row.step() == RotationStep.STORED
                      ? "latchkey status says what the backend must allow"
                      : "latchkey target check " + declaration.target() + " says what is missing"));
    }
    progress.stepped(row);
    progress.settled(row, Optional.empty());
    return false;
  }

  private boolean giveUp(RotationRecord row, Trouble trouble) {
    try {
      undo(row, trouble.why());
      return true;
    } catch (SecretException e) {
      refusals.remove(row.id());
      troubles.put(
          row.id(),
          trouble.retryAt(
              context.time().nanoTime()
                  + BACKOFF.delay(trouble.attempts(), context.random()).toNanos()));
      return false;
    }
  }

  private static boolean givesUp(RotationRecord row, RuntimeException e, int attempts) {
    boolean once = row.kind() == RotationKind.ROLLBACK || row.kind() == RotationKind.ADOPT;
    boolean mayBeWritten = row.step() == RotationStep.STORED && isOutage(e);
    boolean conflict = e instanceof SecretException s && s.reason() == Reason.CONFLICT;
    return (once && !mayBeWritten)
        || conflict
        || (e instanceof ProofRefused && attempts >= REFUSALS);
  }

  /** The secret manager may have what it did not answer to, so there is no way but on. */
  private static boolean isOutage(RuntimeException e) {
    return e instanceof SecretException s
        && (s.reason() == Reason.UNAVAILABLE || s.reason() == Reason.LIMIT_EXCEEDED);
  }

  private static SecretException asRefusal(RuntimeException e, Trouble trouble) {
    return e instanceof SecretException secret
        ? secret
        : SecretException.of(Reason.NOT_POSSIBLE_NOW, trouble.why(), e);
  }

  private Situation situation(RotationRecord row) {
    String login = "";
    Optional<Long> version = Optional.empty();
    try {
      Optional<SecretState> current = CurrentLogin.state(context.current(), name);
      login = current.map(state -> CurrentLogin.of(state.content())).orElse("");
      version = Optional.of(current.map(state -> state.id().version()).orElse(0L));
    } catch (SecretException e) {
      if (row.kind() != RotationKind.RECOVER || !row.underWay()) {
        throw e;
      }
    }
    return new Situation(
        context.time().now(),
        login,
        version,
        open.pendingLogin(row),
        open.drains(row.login(), row),
        row.draining() && context.holders().allAcknowledged(name, row.version()),
        row.step() == RotationStep.VERIFIED && acts.upstream().isThere(),
        declaration.rollbackWindow());
  }

  private void at(RotationRecord row, StepListener.Moment moment) {
    context.steps().at(name, row.id(), row.step(), moment);
  }
}
