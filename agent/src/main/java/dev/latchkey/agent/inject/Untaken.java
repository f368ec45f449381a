package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a delivery was told and has not taken yet: of each secret at most one piece of news of each
 * kind, without its value. Safe for use by several threads.
 */
final class Untaken {

  private final Map<SecretName, List<News>> all = new ConcurrentHashMap<>();

  /** Adds {@code news}; answers whether it is the first of that secret that waits. */
  boolean add(SecretName name, News news) {
    if (all.putIfAbsent(name, List.of(news)) == null) {
      return true;
    }
    boolean takenMeanwhile =
        all.computeIfPresent(name, (same, waiting) -> News.joined(waiting, news)) == null;
    return takenMeanwhile && add(name, news);
  }

  /** What waits of a secret, in order; it waits no more. */
  List<News> take(SecretName name) {
    return Optional.ofNullable(all.remove(name)).orElse(List.of());
  }

  /** The secrets of which it is still to be taken that the secret manager has them no more. */
  Set<SecretName> missing() {
    return all.entrySet().stream()
        .filter(each -> each.getValue().stream().anyMatch(News.Missing.class::isInstance))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}
