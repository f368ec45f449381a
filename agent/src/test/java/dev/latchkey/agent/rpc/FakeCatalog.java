package dev.latchkey.agent.rpc;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Declarations set by the test, and a mount of all below {@code open/}; {@code orders-admin} is an
 * administrator.
 */
final class FakeCatalog implements Catalog {

  private final NavigableMap<SecretName, Declaration> declared = new ConcurrentSkipListMap<>();

  void declare(String name, boolean rotated) {
    Optional<RotationDeclaration> rotation =
        rotated
            ? Optional.of(
                new RotationDeclaration(
                    "orders",
                    List.of("orders_a", "orders_b"),
                    "orders_owner",
                    Optional.empty(),
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(1)))
            : Optional.empty();
    SecretName secret = new SecretName(name);
    declared.put(secret, declaration(secret, rotation));
  }

  private static Declaration declaration(SecretName name, Optional<RotationDeclaration> rotation) {
    return new Declaration(
        name,
        "local",
        name.text(),
        "static",
        true,
        Duration.ofHours(1),
        Duration.ofMinutes(5),
        true,
        "",
        rotation);
  }

  @Override
  public Optional<Declaration> find(SecretName name) {
    return Optional.ofNullable(declared.get(name)).or(() -> mounted(name));
  }

  private static Optional<Declaration> mounted(SecretName name) {
    return name.text().startsWith("open/")
        ? Optional.of(declaration(name, Optional.empty()))
        : Optional.empty();
  }

  @Override
  public boolean isDeclared(SecretName name) {
    return declared.containsKey(name);
  }

  @Override
  public Optional<Mount> mountOf(SecretName name) {
    return Optional.empty();
  }

  @Override
  public Collection<Declaration> declared() {
    return declared.values();
  }

  @Override
  public Optional<TargetDeclaration> target(String name) {
    return Optional.empty();
  }

  @Override
  public Set<String> keyrings() {
    return Set.of("default");
  }

  @Override
  public boolean isAdministrator(SecretName name) {
    return name.text().equals("orders-admin");
  }
}
