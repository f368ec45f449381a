package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.Backend;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.Map;
import java.util.Optional;

/** Which backend a secret comes from. */
final class Backends {

  private final Catalog catalog;
  private final Map<String, Backend> byName;

  Backends(Catalog catalog, Map<String, Backend> byName) {
    this.catalog = catalog;
    this.byName = Map.copyOf(byName);
  }

  /** A secret's declaration with its backend. */
  record Source(Declaration declaration, Backend backend) {}

  Source of(SecretName name) {
    Declaration declaration =
        catalog
            .find(name)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_FOUND,
                        name
                            + " is neither declared nor under an open prefix; declare it under"
                            + " secrets: or open a prefix under mounts:"));
    return new Source(declaration, named(declaration.backend()));
  }

  /** The rotated secret that is kept where {@code declaration} is, be it the same or another. */
  Optional<SecretName> rotatedAt(Declaration declaration) {
    return catalog.declared().stream()
        .filter(each -> each.rotation().isPresent() && each.sharesPath(declaration))
        .map(Declaration::name)
        .findFirst();
  }

  /** Whether the secret comes from the backend of that name. */
  boolean isOf(SecretName name, String backend) {
    return catalog.find(name).filter(found -> found.backend().equals(backend)).isPresent();
  }

  Backend named(String name) {
    Backend backend = byName.get(name);
    if (backend == null) {
      throw SecretException.of(Reason.INTERNAL, "there is no backend \"" + name + "\"");
    }
    return backend;
  }
}
