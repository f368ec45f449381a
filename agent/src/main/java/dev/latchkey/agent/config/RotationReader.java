package dev.latchkey.agent.config;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads how a secret is rotated. */
final class RotationReader {

  private final Section section;
  private final List<TargetDeclaration> targets;

  RotationReader(Section section, List<TargetDeclaration> targets) {
    this.section = section;
    this.targets = targets;
  }

  Optional<RotationDeclaration> read(String secret) {
    checkTarget(secret);
    Optional<Duration> interval =
        section.has("interval") ? Optional.of(section.positive("interval")) : Optional.empty();
    try {
      return Optional.of(
          new RotationDeclaration(
              section.text("target"),
              section.texts("users"),
              section.text("owner"),
              interval,
              section.positive("overlap"),
              section.duration("rollback_window")));
    } catch (SecretException wrong) {
      section.problemOf(wrong);
      return Optional.empty();
    }
  }

  private void checkTarget(String secret) {
    String name = section.text("target");
    Optional<TargetDeclaration> target =
        targets.stream().filter(each -> each.name().equals(name)).findFirst();
    if (target.isEmpty()) {
      List<String> known = targets.stream().map(TargetDeclaration::name).toList();
      section.problem(
          "target", "there is no target \"" + name + "\"; " + Nearest.hint(name, known));
    } else if (target.get().admin().isEmpty()) {
      section.problem("target", "has no admin, by whom it could be rotated; declare one at it");
    } else if (target.get().admin().get().text().equals(secret)) {
      section.problem(
          "target", "has this very secret as its administrator, which it would lock out");
    }
  }
}
