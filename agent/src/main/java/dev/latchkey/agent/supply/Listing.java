package dev.latchkey.agent.supply;

import dev.latchkey.agent.backend.Listable;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Asks the backends which undeclared names they have under the open prefixes. Blocks. */
final class Listing {

  private static final int PAGE = 500;

  private final Catalog catalog;
  private final Backends backends;

  Listing(Catalog catalog, Backends backends) {
    this.catalog = catalog;
    this.backends = backends;
  }

  List<SecretName> list(String prefix, String after, int limit) {
    TreeSet<SecretName> names = new TreeSet<>();
    for (Mount mount : catalog.mounts()) {
      if (backends.named(mount.backend()) instanceof Listable listable
          && mayHold(mount, prefix, after)) {
        names.addAll(under(mount, listable, prefix, after, limit));
      }
    }
    return names.stream().limit(limit).toList();
  }

  private static boolean mayHold(Mount mount, String prefix, String after) {
    boolean overlaps = mount.prefix().startsWith(prefix) || prefix.startsWith(mount.prefix());
    boolean allBefore = after.compareTo(mount.prefix()) > 0 && !after.startsWith(mount.prefix());
    return overlaps && !allBefore;
  }

  private List<SecretName> under(
      Mount mount, Listable listable, String prefix, String after, int limit) {
    List<SecretName> names = new ArrayList<>();
    String from = asPath(mount, after);
    List<String> page;
    do {
      page = listable.list(asPath(mount, prefix), from, PAGE);
      for (String path : page) {
        asName(mount, path).filter(name -> isListed(mount, name)).ifPresent(names::add);
        from = path;
      }
    } while (page.size() == PAGE && names.size() < limit);
    return names;
  }

  /**
   * A beginning of names as a beginning of paths; what does not reach the mount begins everywhere.
   */
  private static String asPath(Mount mount, String text) {
    return text.startsWith(mount.prefix())
        ? mount.pathPrefix() + text.substring(mount.prefix().length())
        : mount.pathPrefix();
  }

  private static Optional<SecretName> asName(Mount mount, String path) {
    if (!path.startsWith(mount.pathPrefix())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SecretName(mount.prefix() + path.substring(mount.pathPrefix().length())));
    } catch (SecretException notAName) {
      return Optional.empty();
    }
  }

  private boolean isListed(Mount mount, SecretName name) {
    return !catalog.isDeclared(name) && catalog.mountOf(name).filter(mount::equals).isPresent();
  }
}
