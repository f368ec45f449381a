package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which engine serves a path: as configured, else as the server tells, else unknown.
 *
 * <p>The server tells any token that may do anything below the mount. What it told is kept for
 * {@link #KEPT}, since a mount can be replaced. Safe for use by several threads.
 */
final class Mounts {

  /** How long an answer is believed. */
  static final Duration KEPT = Duration.ofMinutes(10);

  /** More mounts than any server has; what was learned is forgotten rather than kept for ever. */
  private static final int MOST = 1000;

  private record Known(Mount mount, long atNanos) {}

  private final Map<String, Mount> configured = new TreeMap<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final AuthorisedCalls calls;
  private final TimeSource time;

  /**
   * Mounts of one Vault.
   *
   * @param kvVersions the version of each key-value mount that the operator names
   */
  Mounts(AuthorisedCalls calls, Map<String, Integer> kvVersions, TimeSource time) {
    this.calls = calls;
    this.time = time;
    kvVersions.forEach(
        (path, version) -> {
          String mount = path.endsWith("/") ? path : path + "/";
          configured.put(mount, new Mount(mount, version == 1 ? Mount.Kind.KV1 : Mount.Kind.KV2));
        });
  }

  /**
   * The engine that serves {@code full}, a path of at least two segments.
   *
   * @throws SecretException of nothing done, since the mount is looked up before all else
   */
  Mount of(String full) {
    for (int slash = full.indexOf('/'); slash >= 0; slash = full.indexOf('/', slash + 1)) {
      Optional<Mount> found = at(full.substring(0, slash + 1));
      if (found.isPresent()) {
        return found.get();
      }
    }
    try {
      return learn(asked(full));
    } catch (SecretException cannotTell) {
      throw cannotTell.ofNothingDone();
    }
  }

  /** Keeps what a read showed about a mount that the server would not tell of. */
  Mount learn(Mount mount) {
    if (known.size() >= MOST) {
      known.clear();
    }
    known.put(mount.path(), new Known(mount, time.nanoTime()));
    return mount;
  }

  private Optional<Mount> at(String path) {
    if (configured.containsKey(path)) {
      return Optional.ofNullable(configured.get(path));
    }
    long oldest = time.nanoTime() - KEPT.toNanos();
    return Optional.ofNullable(known.get(path))
        .filter(kept -> kept.atNanos() - oldest > 0)
        .map(Known::mount);
  }

  private Mount asked(String full) {
    return switch (calls.ask(VaultRequest.lookUp("sys/internal/ui/mounts/" + full))) {
      case Answer.Refused refused -> guess(full);
      case Answer.Done done ->
          ServerText.object(done.body(), "data")
              .flatMap(data -> told(full, data))
              .orElseGet(() -> guess(full));
    };
  }

  private static Mount guess(String full) {
    return new Mount(full.substring(0, full.indexOf('/') + 1), Mount.Kind.UNKNOWN);
  }

  private static Optional<Mount> told(String full, JsonObject data) {
    String path = ServerText.text(data, "path");
    if (path.isEmpty() || !full.startsWith(path)) {
      return Optional.empty();
    }
    String version =
        ServerText.object(data, "options").map(set -> ServerText.text(set, "version")).orElse("1");
    return Optional.of(
        new Mount(
            path,
            switch (ServerText.text(data, "type")) {
              case "kv", "generic" -> version.equals("2") ? Mount.Kind.KV2 : Mount.Kind.KV1;
              case "database" -> Mount.Kind.DATABASE;
              default -> Mount.Kind.OTHER;
            }));
  }
}
