package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery was told and has not taken yet: of each secret at most one piece of news of each
 * kind, without its value. Safe for use by several threads, of which one takes.
 */
final class Untaken {

  private final Map<SecretName, List<News>> all = new ConcurrentHashMap<>();

  /** Those of which it is being taken right now that they are missing. */
  private volatile Set<SecretName> takenAsMissing = Set.of();

  /** Adds {@code news}; answers whether it is the first of that secret that waits. */
  boolean add(SecretName name, News news) {
    if (all.putIfAbsent(name, List.of(news)) == null) {
      return true;
    }
    boolean takenMeanwhile =
        all.computeIfPresent(name, (same, waiting) -> News.joined(waiting, news)) == null;
    return takenMeanwhile && add(name, news);
  }

  /** What waits of a secret, in order; it is not taken before {@link #taken} says so. */
  List<News> take(SecretName name) {
    takenAsMissing = ifMissing(name, all.get(name));
    List<News> news = all.remove(name);
    takenAsMissing = ifMissing(name, news);
    return news == null ? List.of() : news;
  }

  /** What was taken last is done with. */
  void taken() {
    takenAsMissing = Set.of();
  }

  /** The secrets of which it is still to be taken that the secret manager has them no more. */
  Set<SecretName> missing() {
    Set<SecretName> missing = new HashSet<>();
    all.forEach((name, news) -> missing.addAll(ifMissing(name, news)));
    // After those that wait, since what is taken goes from there to here.
    missing.addAll(takenAsMissing);
    return missing;
  }

  private static Set<SecretName> ifMissing(SecretName name, @Nullable List<News> news) {
    return news != null && news.stream().anyMatch(News.Missing.class::isInstance)
        ? Set.of(name)
        : Set.of();
  }
}
