package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What exists. An immutable snapshot, safe to read on the event loop. */
public interface Catalog {

  /**
   * The declaration of {@code name}, or the one that the mount with the longest matching prefix
   * makes for it.
   */
  Optional<Declaration> find(SecretName name);

  /** Whether {@code name} is declared itself, not merely under a prefix. */
  boolean isDeclared(SecretName name);

  /**
   * The names that are held and read on whether or not anybody asks, in their order: the declared
   * ones, and those that something here is built from, such as files.
   */
  default Collection<SecretName> kept() {
    return declared().stream().map(Declaration::name).toList();
  }

  /** Whether {@code name} is among {@link #kept}. */
  default boolean isKept(SecretName name) {
    return isDeclared(name);
  }

  /** The mount with the longest prefix that covers {@code name}. */
  Optional<Mount> mountOf(SecretName name);

  /** Every mount, those with the longest prefix first. */
  default List<Mount> mounts() {
    return List.of();
  }

  /** Every declaration, in the order of the names. */
  Collection<Declaration> declared();

  /** The target of that name. */
  Optional<TargetDeclaration> target(String name);

  /** The names of the declared keyrings. */
  Set<String> keyrings();

  /** Whether {@code name} is a target's administrator, which only the rotation engine may read. */
  boolean isAdministrator(SecretName name);
}
