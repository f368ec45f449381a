package dev.latchkey.agent.supply;

import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;
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
   * The names under open prefixes that the backends tell of, in order, at most {@code limit}, after
   * {@code after}.
   */
  List<SecretName> list(String prefix, String after, int limit);

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
