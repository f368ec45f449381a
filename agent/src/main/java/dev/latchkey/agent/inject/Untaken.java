package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    takenAsMissing = missing();
    List<News> news = Optional.ofNullable(all.remove(name)).orElse(List.of());
    takenAsMissing = hasMissing(news) ? Set.of(name) : Set.of();
    return news;
  }

  /** What was taken last is done with. */
  void taken() {
    takenAsMissing = Set.of();
  }

  /** The secrets of which it is still to be taken that the secret manager has them no more. */
  Set<SecretName> missing() {
    return Stream.concat(
            takenAsMissing.stream(),
            all.entrySet().stream()
                .filter(each -> hasMissing(each.getValue()))
                .map(Map.Entry::getKey))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean hasMissing(List<News> news) {
    return news.stream().anyMatch(News.Missing.class::isInstance);
  }
}
