package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One rotated secret on one target, with its administrator, and a mount of all below "open/". */
record FakeCatalog(
    SecretName secret, SecretName admin, String backend, RotationDeclaration rotation)
    implements Catalog {

  @Override
  public Optional<Declaration> find(SecretName name) {
    return declared().stream()
        .filter(declared -> declared.name().equals(name))
        .findFirst()
        .or(() -> mounted(name));
  }

  private static Optional<Declaration> mounted(SecretName name) {
    return name.text().startsWith("open/")
        ? Optional.of(declaration(name, "local", Optional.empty()))
        : Optional.empty();
  }

  @Override
  public boolean isDeclared(SecretName name) {
    return declared().stream().anyMatch(declared -> declared.name().equals(name));
  }

  @Override
  public Optional<Mount> mountOf(SecretName name) {
    return Optional.empty();
  }

  @Override
  public Collection<Declaration> declared() {
    return List.of(
        declaration(secret, backend, Optional.of(rotation)),
        declaration(admin, "local", Optional.empty()));
  }

  private static Declaration declaration(
      SecretName name, String backend, Optional<RotationDeclaration> rotation) {
    Duration hour = Duration.ofHours(1);
    return new Declaration(
        name, backend, name.text(), "database", false, hour, hour, true, "", rotation);
  }

  @Override
  public Optional<TargetDeclaration> target(String name) {
    return name.equals("orders")
        ? Optional.of(
            new TargetDeclaration(
                "orders",
                "postgresql",
                "jdbc:postgresql://db/orders",
                Optional.of(admin),
                List.of("orders")))
        : Optional.empty();
  }

  @Override
  public Set<String> keyrings() {
    return Set.of();
  }

  @Override
  public boolean isAdministrator(SecretName name) {
    return name.equals(admin);
  }
}
