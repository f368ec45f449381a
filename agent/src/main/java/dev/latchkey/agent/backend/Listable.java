package dev.latchkey.agent.backend;

import java.util.List;

/** A secret manager that tells which paths it has. */
public interface Listable {

  /**
   * The paths that begin with {@code prefix}, in order, at most {@code limit}, all after {@code
   * after}.
   */
  List<String> list(String prefix, String after, int limit);
}
