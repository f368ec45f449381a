package dev.latchkey.agent.config;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Optional;

/** Finds the secrets that other sections name. */
record NamedSecrets(
    List<Declaration> declared, List<Mount> mounts, List<TargetDeclaration> targets) {

  /** The secret that {@code key} of {@code section} names; a problem where it names none. */
  Optional<SecretName> find(Section section, String key, String text) {
    SecretName name;
    try {
      name = new SecretName(text);
    } catch (SecretException notAName) {
      section.problem(key, notAName.safeMessage());
      return Optional.empty();
    }
    Optional<String> problem = unknown(name).or(() -> administrator(name));
    problem.ifPresent(why -> section.problem(key, why));
    return problem.isPresent() ? Optional.empty() : Optional.of(name);
  }

  /** Why there is no such secret; empty where there is. */
  Optional<String> unknown(SecretName name) {
    List<String> known = declared.stream().map(each -> each.name().text()).toList();
    if (known.contains(name.text()) || mounts.stream().anyMatch(mount -> mount.covers(name))) {
      return Optional.empty();
    }
    return Optional.of(
        "there is no secret \""
            + name
            + "\" under secrets:, and no mount opens its prefix; "
            + Nearest.hint(name.text(), known));
  }

  /** Why it may not be delivered; empty where it may. */
  Optional<String> administrator(SecretName name) {
    return targets.stream()
        .filter(target -> target.admin().equals(Optional.of(name)))
        .findFirst()
        .map(
            target ->
                "is the administrator of the target "
                    + target.name()
                    + ", whom the rotation alone may read");
  }
}
