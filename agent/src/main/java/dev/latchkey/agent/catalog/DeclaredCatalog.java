package dev.latchkey.agent.catalog;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.latchkey.agent.secret.SecretName;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The catalog as the configuration declares it.
 *
 * <p>Immutable; a declared name is found without allocating anything.
 */
public final class DeclaredCatalog implements Catalog {

  private static final String UNDECLARED_KIND = "static";

  private final Map<SecretName, Optional<Declaration>> byName;
  private final List<Declaration> inOrder;
  private final List<Mount> longestFirst;
  private final Map<String, TargetDeclaration> targets;
  private final Set<String> keyrings;
  private final Set<SecretName> administrators;
  private final SortedSet<SecretName> kept;

  /** A catalog of which nothing but the declared names is kept. */
  public DeclaredCatalog(
      Collection<Declaration> declarations,
      Collection<Mount> mounts,
      Collection<TargetDeclaration> targets,
      Set<String> keyrings) {
    this(declarations, mounts, targets, keyrings, Set.of());
  }

  /**
   * A catalog.
   *
   * @param used names that are kept although a mount alone makes them exist
   */
  public DeclaredCatalog(
      Collection<Declaration> declarations,
      Collection<Mount> mounts,
      Collection<TargetDeclaration> targets,
      Set<String> keyrings,
      Set<SecretName> used) {
    this.inOrder = declarations.stream().sorted(comparing(Declaration::name)).toList();
    this.byName = index(inOrder);
    this.longestFirst =
        mounts.stream().sorted(comparingInt((Mount mount) -> -mount.prefix().length())).toList();
    Map<String, TargetDeclaration> byTarget = new HashMap<>();
    targets.forEach(target -> byTarget.put(target.name(), target));
    this.targets = Map.copyOf(byTarget);
    this.keyrings = Set.copyOf(keyrings);
    this.kept = new TreeSet<>(byName.keySet());
    this.kept.addAll(used);
    this.administrators =
        targets.stream().flatMap(target -> target.admin().stream()).collect(toUnmodifiableSet());
  }

  private static Map<SecretName, Optional<Declaration>> index(List<Declaration> declarations) {
    Map<SecretName, Optional<Declaration>> index = new HashMap<>();
    for (Declaration declaration : declarations) {
      if (index.put(declaration.name(), Optional.of(declaration)) != null) {
        throw new IllegalArgumentException(declaration.name() + " is declared twice");
      }
    }
    return Map.copyOf(index);
  }

  @Override
  public Optional<Declaration> find(SecretName name) {
    Optional<Declaration> declared = byName.get(name);
    return declared == null ? mountOf(name).map(mount -> under(mount, name)) : declared;
  }

  private static Declaration under(Mount mount, SecretName name) {
    return new Declaration(
        name,
        mount.backend(),
        mount.pathOf(name),
        UNDECLARED_KIND,
        false,
        mount.maxStale(),
        mount.refresh(),
        mount.persist(),
        "",
        Optional.empty());
  }

  @Override
  public boolean isDeclared(SecretName name) {
    return byName.containsKey(name);
  }

  @Override
  public Collection<SecretName> kept() {
    return Collections.unmodifiableSortedSet(kept);
  }

  @Override
  public boolean isKept(SecretName name) {
    return kept.contains(name);
  }

  @Override
  public Optional<Mount> mountOf(SecretName name) {
    for (Mount mount : longestFirst) {
      if (mount.covers(name)) {
        return Optional.of(mount);
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Mount> mounts() {
    return longestFirst;
  }

  @Override
  public Collection<Declaration> declared() {
    return inOrder;
  }

  @Override
  public Optional<TargetDeclaration> target(String name) {
    return Optional.ofNullable(targets.get(name));
  }

  @Override
  public Set<String> keyrings() {
    return keyrings;
  }

  @Override
  public boolean isAdministrator(SecretName name) {
    return administrators.contains(name);
  }
}
