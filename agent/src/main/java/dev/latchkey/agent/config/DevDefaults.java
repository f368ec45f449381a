package dev.latchkey.agent.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where {@code latchkey agent --dev} keeps its things when no file says so, and that its own user
 * may do everything.
 */
final class DevDefaults {

  private DevDefaults() {}

  /** The configuration text that stands for the missing file. */
  static String text(Map<String, String> environment, int ownUid) {
    Path directory = directory(environment, ownUid);
    return """
    agent:
      state_dir: %1$s/state
      state_key: { file: %1$s/state.key }
      socket: %1$s/agent.sock
      operator_socket: %1$s/operator/operator.sock
      management_port: 0
    mounts: [ { prefix: "" } ]
    policies:
      - callers: [ { uid: %2$s } ]
        secrets: [ "**" ]
        keyrings: [ "**" ]
        operations: [ read, watch, list, encrypt, decrypt ]
    """
        .formatted(directory, Integer.toUnsignedString(ownUid));
  }

  static Path directory(Map<String, String> environment, int ownUid) {
    String chosen = environment.getOrDefault("LATCHKEY_DEV_DIR", "");
    if (!chosen.isEmpty()) {
      return Path.of(chosen).toAbsolutePath();
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.isEmpty()
        ? Path.of("/tmp/latchkey-" + ownUid)
        : Path.of(runtime).resolve("latchkey");
  }
}
