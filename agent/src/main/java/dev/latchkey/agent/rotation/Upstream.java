package dev.latchkey.agent.rotation;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a secret manager of its own keeps of a rotated secret: one version for each that becomes
 * current, written before it does. Used inside the secret's mailbox alone; blocks.
 *
 * <p>Notes on replay. A write expects the version that the agent holds as current, with what is
 * current in it or nothing. When that is not the newest any more, the newest is read: if it holds
 * exactly what was to be written, the write was made before a crash, or its answer was lost. If it
 * holds the same login, or what is current under another number, nobody else changed anything, and
 * it is written after. So is a version that was deleted, by whomever: it holds nothing that could
 * be lost. Anything else was written by somebody else and is left alone, unless an operator took
 * over or reset the login, which is to say that this is what shall be there.
 */
final class Upstream {

  private final SecretName name;
  private final RotationContext context;
  private String writtenBy = "";
  private String written = "";

  Upstream(SecretName name, RotationContext context) {
    this.name = name;
    this.context = context;
  }

  private record Place(
      String backend, String path, Backend reads, Writable writes, Versioned versions) {}

  /** Whether there is one; the agent's own store needs no second copy. */
  boolean isThere() {
    return place().isPresent();
  }

  private Optional<Place> place() {
    Declaration declared =
        context
            .catalog()
            .find(name)
            .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, name + " is not declared"));
    Backend backend = context.backends().get(declared.backend());
    if (backend instanceof Writable own && own.isNumberedByStore()) {
      return Optional.empty();
    }
    if (backend instanceof Writable writes && backend instanceof Versioned versions) {
      return Optional.of(new Place(declared.backend(), declared.path(), backend, writes, versions));
    }
    throw SecretException.of(
        Reason.NOT_POSSIBLE_NOW,
        "the backend \"" + declared.backend() + "\" takes no writes, so nothing on it is rotated");
  }

  /**
   * Refuses a path that keeps no versions, and for a rotation one that somebody else wrote to,
   * before anything is done at the target.
   */
  void check(RotationKind kind, Optional<SecretState> current) {
    place()
        .ifPresent(
            place -> {
              String newest = asked(place, () -> place.versions().newest(place.path()));
              if (kind == RotationKind.ROTATE && !isWrittenAfter(place, newest, current)) {
                throw foreign(Reason.NOT_POSSIBLE_NOW, place, newest);
              }
            });
  }

  /**
   * Writes {@code content} as the newest version, if it is not.
   *
   * @param current what is current here, of which a version is expected there
   */
  void write(RotationRecord row, SecretContent content, Optional<SecretState> current) {
    Place place = place().orElseThrow();
    String held = heldText(current);
    Optional<String> put =
        isWrittenAfter(place, held, current) ? put(place, content, held) : Optional.empty();
    written = put.orElseGet(() -> settled(place, row, content, current));
    writtenBy = row.id();
  }

  /**
   * Whether nobody else's value is lost sight of by a write after {@code version}; empty for none.
   * An equal number alone says nothing: the path may be another than it was, or its mount made
   * anew.
   */
  private static boolean isWrittenAfter(
      Place place, String version, Optional<SecretState> current) {
    Optional<SecretContent> there = read(place, version);
    return there.isEmpty() || there.equals(current.map(SecretState::content));
  }

  private String settled(
      Place place, RotationRecord row, SecretContent content, Optional<SecretState> current) {
    String newest = asked(place, () -> place.versions().newest(place.path()));
    Optional<SecretContent> there = read(place, newest);
    if (there.equals(Optional.of(content))) {
      return newest;
    }
    boolean ordered = row.kind() == RotationKind.ADOPT || row.kind() == RotationKind.RECOVER;
    boolean nobodys =
        there.isEmpty()
            || sameLogin(there.get(), content)
            || there.equals(current.map(SecretState::content));
    if (!ordered && !nobodys) {
      throw foreign(Reason.CONFLICT, place, newest);
    }
    return put(place, content, newest).orElseThrow(() -> contended(place));
  }

  /** The manager's text for the version that {@link #write} left; empty where there is no copy. */
  String versionOf(RotationRecord row) {
    return writtenBy.equals(row.id()) ? written : "";
  }

  /**
   * Takes a version back that was written and is not published after all: what is current comes
   * again as the newest; where nothing is, the version is deleted. What somebody else wrote stays.
   *
   * @param ours what may have been written
   */
  void takeBack(List<SecretContent> ours, Optional<SecretState> current) {
    place()
        .ifPresent(
            place -> {
              String newest = asked(place, () -> place.versions().newest(place.path()));
              Optional<SecretContent> there = read(place, newest);
              Optional<SecretContent> before = current.map(SecretState::content);
              if (!there.equals(before) && there.filter(ours::contains).isPresent()) {
                takeBack(place, newest, before);
              }
            });
  }

  private static void takeBack(Place place, String newest, Optional<SecretContent> before) {
    if (before.isPresent()) {
      String _ = put(place, before.get(), newest).orElseThrow(() -> contended(place));
    } else {
      boolean _ =
          asked(
              place,
              () -> {
                place.versions().delete(place.path(), List.of(newest));
                return true;
              });
    }
  }

  private static String heldText(Optional<SecretState> current) {
    return current.map(SecretState::backendVersion).orElse("");
  }

  /** Empty when another version is the newest than the one expected. */
  private static Optional<String> put(Place place, SecretContent content, String expected) {
    return asked(
        place,
        () -> {
          try {
            return Optional.of(place.writes().put(place.path(), content, Optional.of(expected)));
          } catch (SecretException e) {
            if (e.reason() == Reason.CONFLICT) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** What a version holds; empty when there is none, or it was deleted or destroyed. */
  private static Optional<SecretContent> read(Place place, String version) {
    if (version.isEmpty()) {
      return Optional.empty();
    }
    return asked(
        place,
        () -> {
          try {
            return Optional.of(place.reads().read(place.path(), Optional.of(version)).content());
          } catch (SecretException e) {
            if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.VERSION_DESTROYED) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private static boolean sameLogin(SecretContent one, SecretContent other) {
    return one.field(SecretContent.USERNAME).equals(other.field(SecretContent.USERNAME))
        && one.field(SecretContent.PASSWORD).equals(other.field(SecretContent.PASSWORD));
  }

  /** A refusal of the agent is the operator's to mend, so the rotation is blocked by it. */
  private static <T> T asked(Place place, Supplier<T> question) {
    try {
      return question.get();
    } catch (SecretException e) {
      throw switch (e.reason()) {
        case BACKEND_REFUSED, UNSUPPORTED, INVALID_REQUEST, DENIED ->
            SecretException.of(
                Reason.NOT_POSSIBLE_NOW,
                "the backend \""
                    + place.backend()
                    + "\" must keep versions of a rotated secret and let the agent write them: "
                    + e.safeMessage(),
                e);
        case UNKNOWN_CALLER,
            NOT_FOUND,
            VERSION_DESTROYED,
            LEASE_EXPIRED,
            NOT_POSSIBLE_NOW,
            CONFLICT,
            LIMIT_EXCEEDED,
            UNAVAILABLE,
            INTERNAL ->
            e;
      };
    }
  }

  private SecretException foreign(Reason reason, Place place, String newest) {
    return SecretException.of(
        reason,
        "the newest version of "
            + place.path()
            + " at the backend \""
            + place.backend()
            + "\", "
            + newest
            + ", is not this agent's, and was left as it is: adopt "
            + name
            + " takes over a login that works, rotate "
            + name
            + " --recover resets the pair and writes after it");
  }

  private static SecretException contended(Place place) {
    return SecretException.of(
        Reason.UNAVAILABLE, "somebody else writes to " + place.path() + " at the same time");
  }
}
