package dev.latchkey.agent.current;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.agent.secret.SecretName;

/**
 * Why secrets were last found stale or unavailable; bounded, since anybody may ask for names under
 * a mount.
 */
final class Troubles {

  private static final int BOUND = 10_000;

  private final Cache<SecretName, String> reasons =
      Caffeine.newBuilder().maximumSize(BOUND).executor(Runnable::run).build();

  void note(SecretName name, String why) {
    reasons.put(name, why);
  }

  void clear(SecretName name) {
    reasons.invalidate(name);
  }

  String of(SecretName name) {
    String why = reasons.getIfPresent(name);
    return why == null ? "" : why;
  }
}
