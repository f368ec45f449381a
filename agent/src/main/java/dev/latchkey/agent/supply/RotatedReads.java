package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.backend.Versioned;
import dev.latchkey.agent.backend.Writable;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.lease.Leases;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads of rotated secrets, whose path must keep versions and grant no leases. Safe for use by
 * several threads; blocks.
 *
 * <p>The door takes no value of theirs that was only read. One that a rotation has just written is
 * about to come through the door from there, so the first sight of a version is no trouble yet.
 */
final class RotatedReads {

  /** How soon a version is read again that may be on its way. */
  static final Duration SOON = Duration.ofSeconds(5);

  private final ConcurrentHashMap<SecretName, String> seen = new ConcurrentHashMap<>();
  private final Set<SecretName> due = ConcurrentHashMap.newKeySet();
  private final Leases leases;

  RotatedReads(Leases leases) {
    this.leases = leases;
  }

  static boolean isRotated(Declaration declaration) {
    return declaration.rotation().isPresent();
  }

  /** Reads the newest version; a path that may grant leases is not read at all. */
  BackendRead read(Backends.Source source) {
    Declaration declaration = source.declaration();
    if (leases.mayLease(declaration) && source.backend() instanceof Versioned versioned) {
      try {
        String _ = versioned.newest(declaration.path());
      } catch (SecretException e) {
        throw e.reason() == Reason.UNSUPPORTED ? notVersioned(declaration, e.safeMessage()) : e;
      }
    }
    BackendRead read = newest(source.backend(), declaration);
    if (read.version().isEmpty()) {
      throw notVersioned(declaration, declaration.path() + " keeps no versions");
    }
    return read;
  }

  private static BackendRead newest(Backend backend, Declaration declaration) {
    try {
      return backend.read(declaration.path(), Optional.empty());
    } catch (SecretException e) {
      boolean isOwn = backend instanceof Writable own && own.isNumberedByStore();
      throw isOwn && e.reason() == Reason.NOT_FOUND ? notMade(declaration, e) : e;
    }
  }

  /** In the agent's own store the rotation makes what is missing; nobody has to put it. */
  private static SecretException notMade(Declaration declaration, SecretException notThere) {
    SecretName name = declaration.name();
    boolean byItself = declaration.rotation().orElseThrow().interval().isPresent();
    return SecretException.of(
        Reason.NOT_FOUND,
        name
            + " has no version: it is made by its rotation"
            + (byItself
                ? ", which latchkey status shows"
                : "; begin that with: latchkey rotate " + name),
        notThere);
  }

  private static SecretException notVersioned(Declaration declaration, String why) {
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW,
        declaration.name()
            + " is rotated, so its backend must keep versions of it, as the key-value engine of"
            + " version 2 does: "
            + why);
  }

  /** Notes a version that the door did not take; whether that is the first time. */
  boolean isNew(SecretName name, String version) {
    boolean first = !version.equals(seen.put(name, version));
    if (first) {
      due.add(name);
    }
    return first;
  }

  /** How soon to look again at what was new just now; empty when nothing was. */
  Optional<Duration> again(SecretName name) {
    return due.remove(name) ? Optional.of(SOON) : Optional.empty();
  }
}
