package dev.latchkey.cli.child;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which versions a child was given, and which newer ones were told of since. Used by one thread.
 *
 * <p>A version is a number, which may have an epoch and a {@code /} before it.
 */
final class Versions {
  private final Map<String, String> delivered = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();

  /** The child was begun with these. */
  void begin(Map<String, String> versions) {
    delivered.clear();
    delivered.putAll(versions);
    forgetOld();
  }

  /** The child has these too. */
  void deliver(Map<String, String> versions) {
    delivered.putAll(versions);
    forgetOld();
  }

  /** A secret has that version now; whether nobody knew. */
  boolean tell(String secret, String version) {
    String known = told.containsKey(secret) ? told.get(secret) : delivered.get(secret);
    boolean news = isNews(version, known);
    if (news) {
      told.put(secret, version);
    }
    return news;
  }

  /** Whether the child was begun with exactly these. */
  boolean isDelivered(Map<String, String> versions) {
    return delivered.equals(versions);
  }

  /** Whether the child lacks something. */
  boolean hasNews() {
    return !told.isEmpty();
  }

  /** What the child lacks, to be seen to by the caller; it counts as told of no more. */
  Map<String, String> take() {
    Map<String, String> taken = Map.copyOf(told);
    told.clear();
    return taken;
  }

  /** What was taken could not be seen to. */
  void giveBack(Map<String, String> taken) {
    taken.forEach(told::putIfAbsent);
    forgetOld();
  }

  private void forgetOld() {
    told.entrySet().removeIf(one -> !isNews(one.getValue(), delivered.get(one.getKey())));
  }

  /** Whether a version is another than the known one and, within its epoch, no older one. */
  static boolean isNews(String version, @Nullable String known) {
    if (known == null) {
      return true;
    }
    if (version.equals(known)) {
      return false;
    }
    int mark = version.lastIndexOf('/') + 1;
    boolean sameEpoch =
        known.lastIndexOf('/') + 1 == mark && known.startsWith(version.substring(0, mark));
    return !sameEpoch || number(version, mark) > number(known, mark);
  }

  private static long number(String version, int mark) {
    return Long.parseLong(version.substring(mark));
  }
}
