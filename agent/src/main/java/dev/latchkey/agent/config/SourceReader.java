package dev.latchkey.agent.config;

import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads what is to know of where a secret comes from, besides its path. */
final class SourceReader {

  private final String name;
  private final Section section;
  private final BackendSettings backend;
  private final List<TargetDeclaration> targets;

  /**
   * Of the secret called {@code name}, which is its path too where none is given.
   *
   * @param backend where it comes from
   */
  SourceReader(
      String name, Section section, BackendSettings backend, List<TargetDeclaration> targets) {
    this.name = name;
    this.section = section;
    this.backend = backend;
    this.targets = targets;
  }

  SourceDeclaration read() {
    Optional<String> target = section.optionalText("target");
    target.ifPresent(this::checkTarget);
    return new SourceDeclaration(target, wrapped());
  }

  private Optional<SourceDeclaration.Wrapped> wrapped() {
    Optional<String> file = section.optionalText("unwrap_file");
    if (file.isPresent()) {
      checkWrapped();
    }
    return file.map(
        path -> new SourceDeclaration.Wrapped(Path.of(path), section.optionalText("path")));
  }

  private void checkWrapped() {
    if (backend instanceof BackendSettings.Local) {
      section.problem("unwrap_file", "belongs to a backend of type vault");
    }
    if (!section.truth("persist")) {
      section.problem(
          "persist",
          "must be true with unwrap_file: what a token opens once, a restart would lose");
    }
    for (String key : List.of("rotation", "target")) {
      if (section.has(key)) {
        section.problem(key, "cannot be had with unwrap_file, which brings one value");
      }
    }
  }

  private void checkTarget(String target) {
    List<String> known = targets.stream().map(TargetDeclaration::name).toList();
    if (!known.contains(target)) {
      section.problem(
          "target", "there is no target \"" + target + "\"; " + Nearest.hint(target, known));
    }
    if (section.has("rotation")) {
      section.problem("target", "belongs to a login that Vault changes; rotation names its own");
    }
    if (!isStaticLogin()) {
      section.problem(
          "target", "belongs to a static role, such as database" + STATIC_LOGIN + "orders");
    }
  }

  private boolean isStaticLogin() {
    return switch (backend) {
      case BackendSettings.Local local -> false;
      case BackendSettings.Vault vault ->
          (vault.prefix() + section.optionalText("path").orElse(name)).contains(STATIC_LOGIN);
    };
  }

  private static final String STATIC_LOGIN = "/static-creds/";
}
