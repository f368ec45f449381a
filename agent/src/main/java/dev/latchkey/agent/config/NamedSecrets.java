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
    List<String> known = declared.stream().map(each -> each.name().text()).toList();
    if (!known.contains(text) && mounts.stream().noneMatch(mount -> mount.covers(name))) {
      section.problem(
          key,
          "there is no secret \""
              + text
              + "\" under secrets:, and no mount opens its prefix; "
              + Nearest.hint(text, known));
      return Optional.empty();
    }
    Optional<TargetDeclaration> administers =
        targets.stream().filter(target -> target.admin().equals(Optional.of(name))).findFirst();
    administers.ifPresent(
        target ->
            section.problem(
                key,
                "is the administrator of the target "
                    + target.name()
                    + ", whom the rotation alone may read"));
    return administers.isPresent() ? Optional.empty() : Optional.of(name);
  }
}
