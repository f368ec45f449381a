package dev.latchkey.agent.backend;

import java.util.List;
import java.util.Optional;

/**
 * The port through which {@code backend.local} reads what the door wrote; implemented by the state
 * store. Blocks.
 */
public interface StoredVersions {

  /** The newest version kept under {@code path}. */
  Optional<BackendRead> newest(String path);

  /** One version kept under {@code path}. */
  Optional<BackendRead> version(String path, String version);

  /**
   * The paths that begin with {@code prefix}, in order, at most {@code limit}, all after {@code
   * after}.
   */
  List<String> paths(String prefix, String after, int limit);
}
