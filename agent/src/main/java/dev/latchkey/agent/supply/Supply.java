package dev.latchkey.agent.supply;

import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Writes and lists at the backends on behalf of callers. Blocks; on virtual threads only. */
public interface Supply {

  /**
   * Writes a new value: to the backend first, then through the door.
   *
   * @throws dev.latchkey.agent.secret.SecretException CONFLICT when the compare-and-set is lost;
   *     NOT_FOUND when the name is neither declared nor under an open prefix; UNSUPPORTED when the
   *     backend takes no writes
   */
  Published put(Put put);

  /**
   * Takes versions away at the backend, or brings them back; what was taken away is not served from
   * here any more.
   *
   * @return the backend's texts for the versions concerned
   * @throws dev.latchkey.agent.secret.SecretException UNSUPPORTED when the backend, or the path,
   *     keeps no versions; NOT_POSSIBLE_NOW for the version in use of a rotated secret
   */
  List<String> change(VersionChange change);

  /**
   * The names under open prefixes that the backends tell of, in order, at most {@code limit}, after
   * {@code after}.
   */
  List<SecretName> list(String prefix, String after, int limit);

  /**
   * A change of which versions there are.
   *
   * @param versions the backend's own texts; none for the newest, which may only be deleted
   * @param requestId makes a repeat do nothing; empty for none
   */
  record VersionChange(
      SecretName name,
      Kind kind,
      List<String> versions,
      String requestId,
      String actor,
      String traceId) {

    public VersionChange {
      versions = List.copyOf(versions);
    }

    /** What is done to them. */
    public enum Kind {
      /** Cannot be read until it is brought back. */
      DELETE,
      /** Can be read again. */
      UNDELETE,
      /** Is gone for good. */
      DESTROY;

      boolean takesAway() {
        return this != UNDELETE;
      }

      /** The word for it in the audit. */
      String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * A write.
   *
   * @param expectedVersion the version that must be current; 0 for "none may be"; absent for any
   * @param requestId makes a repeat answer as the first did; empty for none
   */
  record Put(
      SecretName name,
      SecretContent content,
      OptionalLong expectedVersion,
      String requestId,
      String actor,
      String traceId) {}
}
