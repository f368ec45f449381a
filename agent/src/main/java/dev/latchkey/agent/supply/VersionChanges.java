package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.current.Requested;
import dev.latchkey.agent.current.Withdrawal;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes versions away at the backend, or brings them back, and lets nothing be served here that was
 * taken away. Blocks.
 */
final class VersionChanges {

  private final Current current;
  private final Backends backends;
  private final Consumer<SecretName> settled;
  private final Consumer<SecretName> again;

  /**
   * Over these backends.
   *
   * @param settled waits until a read that is under way has come through the door, so that none
   *     brings back what was taken away after it began
   * @param again begins to read a secret again
   */
  VersionChanges(
      Current current,
      Backends backends,
      Consumer<SecretName> settled,
      Consumer<SecretName> again) {
    this.current = current;
    this.backends = backends;
    this.settled = settled;
    this.again = again;
  }

  List<String> change(Supply.VersionChange change) {
    Backends.Source source = backends.of(change.name());
    WrappedSecrets.refuse(source.declaration());
    if (!(source.backend() instanceof Versioned versioned)) {
      throw SecretException.of(
          Reason.UNSUPPORTED,
          "the backend \""
              + source.declaration().backend()
              + "\" keeps no versions that can be taken away"
              + instead(change.kind(), source.declaration()));
    }
    if (isRepeat(change)) {
      again.accept(change.name());
      return change.versions();
    }
    String path = source.declaration().path();
    Optional<String> newest = newest(versioned, path, change);
    List<String> named = named(change, newest);
    backends
        .rotatedAt(source.declaration())
        .ifPresent(rotated -> refuseTheCurrent(rotated, change, named, newest));
    try {
      act(versioned, path, change, named);
    } catch (SecretException failure) {
      if (failure.reason() == Reason.UNAVAILABLE && change.kind().takesAway()) {
        withdraw(change, named, newest, false);
      }
      throw failure;
    }
    withdraw(change, named, newest, true);
    return named;
  }

  /** A value that is not rotated goes with the next one. */
  private static String instead(Supply.VersionChange.Kind kind, Declaration declaration) {
    return kind == Supply.VersionChange.Kind.DELETE && declaration.rotation().isEmpty()
        ? "; put another value in its place"
        : "";
  }

  /**
   * Lets nothing be served that was taken away, and has it read again. A change without an answer
   * may have been made, so it is taken for made, and its request for not done.
   */
  private void withdraw(
      Supply.VersionChange change, List<String> named, Optional<String> newest, boolean answered) {
    settled.accept(change.name());
    current.withdraw(
        new Withdrawal(
            change.name(),
            change.kind().word() + (answered ? "" : ".unanswered"),
            named,
            change.kind().takesAway(),
            change.kind().takesAway() && hits(change.name(), named, newest),
            asked(change),
            answered ? change.requestId() : "",
            change.actor(),
            change.traceId()));
    again.accept(change.name());
  }

  private boolean isRepeat(Supply.VersionChange change) {
    Optional<Requested> first = current.requestedFor(change.requestId());
    if (first.isPresent() && !first.get().equals(new Requested(change.name(), asked(change)))) {
      throw SecretException.of(
          Reason.CONFLICT,
          "the request id was used before, for another secret or to do something else; nothing"
              + " was changed, use a new id for each request");
    }
    return first.isPresent();
  }

  private static String asked(Supply.VersionChange change) {
    return change.kind().word() + " " + String.join(",", change.versions());
  }

  /** Absent where the path keeps one value and no versions, which may be deleted. */
  private static Optional<String> newest(
      Versioned versioned, String path, Supply.VersionChange change) {
    try {
      return Optional.of(versioned.newest(path));
    } catch (SecretException e) {
      if (e.reason() == Reason.UNSUPPORTED
          && change.kind() == Supply.VersionChange.Kind.DELETE
          && change.versions().isEmpty()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The newest is named before it is deleted, so that no later one is hit in its place. */
  private static List<String> named(Supply.VersionChange change, Optional<String> newest) {
    if (!change.versions().isEmpty() || newest.isEmpty()) {
      return change.versions();
    }
    if (newest.get().isEmpty()) {
      throw SecretException.of(Reason.NOT_FOUND, change.name() + " has no version to delete");
    }
    return List.of(newest.get());
  }

  private boolean hits(SecretName name, List<String> named, Optional<String> newest) {
    return named.isEmpty()
        || newest.filter(named::contains).isPresent()
        || heldText(name).filter(named::contains).isPresent();
  }

  private Optional<String> heldText(SecretName name) {
    return current.held(name).map(Held::state).map(state -> state.backendVersion());
  }

  private void refuseTheCurrent(
      SecretName rotated,
      Supply.VersionChange change,
      List<String> named,
      Optional<String> newest) {
    if (change.kind().takesAway() && hits(rotated, named, newest)) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          rotated
              + " is rotated, so the version in use is not taken away; name earlier ones, or rotate"
              + " first");
    }
  }

  private static void act(
      Versioned versioned, String path, Supply.VersionChange change, List<String> named) {
    switch (change.kind()) {
      case DELETE -> versioned.delete(path, named);
      case UNDELETE -> versioned.undelete(path, named);
      case DESTROY -> versioned.destroy(path, named);
    }
  }
}
