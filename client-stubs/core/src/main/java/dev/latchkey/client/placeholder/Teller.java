package dev.latchkey.client.placeholder;

import dev.latchkey.client.FailureKind;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.placeholder.ReferencedSecrets.Registration;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Has the steps done that follow a change, each in its turn, until every one has been done for
 * every secret that changed.
 *
 * <p>A step that throws, and one that needs everything while something cannot be read, stays undone
 * for its secrets and is tried again, with a wait that doubles up to a bound. When it succeeds, the
 * steps behind it are done once more, since they may rest on it. One that is done once counts as
 * done where it throws. Safe for any thread; the steps run on that of {@link Later}.
 */
final class Teller implements Registration {

  private static final System.Logger LOG = System.getLogger(Teller.class.getName());
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final List<Work> works;
  private final Supplier<PropertyTexts> texts;
  private final Function<Map<SecretReference, String>, Optional<LatchkeyException>> unreadable;
  private final Later later;
  private Duration wait = FIRST_WAIT;
  private long armed;

  /**
   * @param steps in the order in which they are done
   * @param texts the properties of the configuration as they are now
   * @param unreadable why some of these references cannot be read now, if it is so
   * @param later where the steps run; closed with this
   */
  Teller(
      List<Step> steps,
      Supplier<PropertyTexts> texts,
      Function<Map<SecretReference, String>, Optional<LatchkeyException>> unreadable,
      Later later) {
    works = steps.stream().map(step -> new Work(step)).toList();
    this.texts = texts;
    this.unreadable = unreadable;
    this.later = later;
  }

  /** These secrets have changed. */
  synchronized void changed(Set<String> secrets) {
    if (!secrets.isEmpty()) {
      addFrom(0, secrets);
      wait = FIRST_WAIT;
      arm(Duration.ZERO);
    }
  }

  /** Something that could not be read may be readable now. */
  synchronized void news() {
    if (isUndone()) {
      arm(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    later.close();
  }

  /**
   * The step {@code first} and those behind it, but for one that is done later and what follows.
   */
  private void addFrom(int first, Set<String> secrets) {
    for (int i = first; i < works.size() && !works.get(i).step.waits(); i++) {
      works.get(i).undone.addAll(secrets);
    }
  }

  private synchronized void due(int late, Set<String> secrets) {
    works.get(late).undone.addAll(secrets);
    arm(Duration.ZERO);
  }

  /** Takes the place of a round that was to come. */
  private void arm(Duration in) {
    long mine = ++armed;
    later.run(in, () -> round(mine));
  }

  private void round(long mine) {
    synchronized (this) {
      if (mine != armed) {
        return;
      }
    }
    Round round = new Round();
    for (int i = 0; i < works.size(); i++) {
      for (Set<String> secrets : batches(works.get(i))) {
        round.attempt(i, secrets);
      }
    }
    synchronized (this) {
      if (mine == armed && isUndone()) {
        arm(wait);
        Duration twice = wait.multipliedBy(2);
        wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
      }
    }
  }

  private boolean isUndone() {
    return works.stream().anyMatch(work -> !work.undone.isEmpty());
  }

  private synchronized List<Set<String>> batches(Work work) {
    Set<String> secrets = Set.copyOf(work.undone);
    if (secrets.isEmpty()) {
      return List.of();
    }
    return work.step.oneByOne() ? secrets.stream().map(Set::of).toList() : List.of(secrets);
  }

  private synchronized void done(int index, Set<String> secrets) {
    int next = index + 1;
    addFrom(next, secrets);
    if (next < works.size() && works.get(next).step.waits()) {
      later.run(works.get(next).step.after(), () -> due(next, secrets));
    }
  }

  private synchronized boolean isDone(Work work) {
    return work.undone.isEmpty();
  }

  private synchronized void mark(Work work, Set<String> secrets, boolean undone) {
    if (undone) {
      work.undone.addAll(secrets);
    } else {
      work.undone.removeAll(secrets);
    }
  }

  /** One try of all that is undone. Whether everything can be read is asked at most once in it. */
  private final class Round {

    private boolean asked;
    private Optional<String> obstacle = Optional.empty();

    void attempt(int index, Set<String> secrets) {
      Work work = works.get(index);
      // Before it is done: a change meanwhile has it done again.
      mark(work, secrets, false);
      Optional<String> obstructed = work.step.needsAll() ? obstacle() : Optional.empty();
      Optional<String> failure = obstructed.isPresent() ? obstructed : thrown(work.step, secrets);
      boolean again = obstructed.isPresent() || (failure.isPresent() && !work.step.unrepeated());
      if (again) {
        mark(work, secrets, true);
      } else {
        done(index, secrets);
      }
      if (failure.isPresent() || isDone(work)) {
        work.say(failure, again, secrets);
      }
    }

    private Optional<String> thrown(Step step, Set<String> secrets) {
      try {
        step.action().accept(secrets);
        return Optional.empty();
      } catch (Throwable thrown) {
        return Optional.of(FailureKind.of(thrown));
      }
    }

    private Optional<String> obstacle() {
      if (!asked) {
        asked = true;
        try {
          obstacle = unreadable.apply(texts.get().references()).map(FailureKind::of);
        } catch (RuntimeException malformed) {
          obstacle = Optional.of(FailureKind.of(malformed));
        }
      }
      return obstacle;
    }
  }

  /** A step with the secrets for which it is yet to be done. */
  private final class Work {
    private final Step step;
    private final Set<String> undone = new LinkedHashSet<>();
    private Optional<String> said = Optional.empty();

    Work(Step step) {
      this.step = step;
    }

    /** Says a failure once, until it is another. */
    void say(Optional<String> failure, boolean again, Set<String> secrets) {
      if (failure.equals(said)) {
        return;
      }
      said = failure;
      LOG.log(
          failure.isPresent() ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
          () ->
              "After a change of the secrets "
                  + secrets
                  + " (properties "
                  + properties(secrets)
                  + "), to "
                  + step.name()
                  + failure
                      .map(why -> (again ? " failed and is tried again: " : " failed: ") + why)
                      .orElse(" succeeded"));
    }
  }

  private Set<String> properties(Set<String> secrets) {
    try {
      return texts.get().dependingOn(secrets);
    } catch (RuntimeException malformed) {
      return Set.of();
    }
  }
}
