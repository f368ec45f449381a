package dev.latchkey.agent.config;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.LeaseDeclaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.SourceDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what exists: mounts, targets and secrets. What is wrong with one leaves it out and is
 * noted.
 */
final class CatalogReader {

  private static final Pattern DATABASE =
      Pattern.compile("jdbc:postgresql:(?://[^/]*/)?([^?/]+).*");

  private final Section root;
  private final Map<String, BackendSettings> backends;
  private final TargetCheck targetCheck;

  CatalogReader(Section root, Map<String, BackendSettings> backends, TargetCheck targetCheck) {
    this.root = root;
    this.backends = backends;
    this.targetCheck = targetCheck;
  }

  List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    Set<String> prefixes = new HashSet<>();
    for (Section section : root.items("mounts")) {
      if (!prefixes.add(section.text("prefix"))) {
        section.problem("prefix", "is opened twice; leave one mount for each prefix");
      }
      backendOf(section).ifPresent(type -> mounts.add(mount(section, type)));
    }
    return mounts;
  }

  private static Mount mount(Section section, BackendSettings type) {
    String prefix = section.text("prefix");
    String backend = section.text("backend");
    Duration maxStale = section.positive("max_stale");
    Duration refresh = refresh(section, maxStale);
    return switch (type) {
      case BackendSettings.Local local -> {
        if (section.has("path")) {
          section.problem("path", "is not for a local backend, which keeps a secret by its name");
        }
        yield new Mount(prefix, backend, maxStale, refresh);
      }
      case BackendSettings.Vault vault ->
          new Mount(
              prefix,
              section.optionalText("path").orElse(prefix),
              backend,
              maxStale,
              refresh,
              section.truth("persist"));
    };
  }

  private static Duration refresh(Section section, Duration maxStale) {
    Duration refresh = section.positive("refresh");
    if (refresh.compareTo(maxStale) > 0) {
      section.problem(
          "refresh", "is longer than max_stale; every value would end before it is confirmed");
    }
    return refresh;
  }

  private Optional<BackendSettings> backendOf(Section section) {
    String backend = section.text("backend");
    BackendSettings type = backends.get(backend);
    if (type == null) {
      section.problem(
          "backend",
          "there is no backend \"" + backend + "\"; " + Nearest.hint(backend, backends.keySet()));
    }
    return Optional.ofNullable(type);
  }

  List<TargetDeclaration> targets() {
    List<TargetDeclaration> targets = new ArrayList<>();
    root.named("targets").forEach((name, section) -> target(name, section).ifPresent(targets::add));
    return targets;
  }

  private Optional<TargetDeclaration> target(String name, Section section) {
    List<String> databases = section.texts("databases");
    return Optional.of(
            new TargetDeclaration(
                name,
                section.text("type"),
                section.text("url"),
                section.optionalText("admin").flatMap(admin -> admin(section, admin)),
                databases.isEmpty() ? databaseOf(section) : databases))
        .filter(target -> usable(target, section));
  }

  private Optional<SecretName> admin(Section section, String admin) {
    Set<String> secrets = root.named("secrets").keySet();
    if (!secrets.contains(admin)) {
      section.problem(
          "admin",
          "the secret \""
              + admin
              + "\" is not declared under secrets:; "
              + Nearest.hint(admin, secrets));
    }
    return name(section, "admin", admin);
  }

  private boolean usable(TargetDeclaration target, Section section) {
    try {
      targetCheck.check(target);
      return true;
    } catch (SecretException wrong) {
      section.problemOf(wrong);
      return false;
    }
  }

  private static List<String> databaseOf(Section section) {
    Matcher url = DATABASE.matcher(section.text("url"));
    if (url.matches()) {
      return List.of(url.group(1));
    }
    section.problem("databases", "is empty, and the url names no database; name one");
    return List.of();
  }

  List<Declaration> secrets(List<TargetDeclaration> targets) {
    List<Declaration> secrets = new ArrayList<>();
    root.named("secrets")
        .forEach((text, section) -> secret(text, section, targets).ifPresent(secrets::add));
    secrets.stream()
        .filter(each -> each.rotation().isPresent())
        .forEach(one -> alone(one, secrets));
    return secrets;
  }

  /** By another name what is rotated could be written to, past the rotation. */
  private void alone(Declaration rotated, List<Declaration> secrets) {
    secrets.stream()
        .filter(other -> other.sharesPath(rotated) && !other.name().equals(rotated.name()))
        .forEach(
            other ->
                Objects.requireNonNull(root.named("secrets").get(other.name().text()))
                    .problem(
                        "path",
                        "is that of "
                            + rotated.name()
                            + ", which is rotated; read it by that name, and remove this one"));
  }

  private Optional<Declaration> secret(
      String text, Section section, List<TargetDeclaration> targets) {
    Optional<SecretName> name = name(section, "", text);
    Optional<BackendSettings> type = backendOf(section);
    Optional<RotationDeclaration> rotation =
        section.has("rotation")
            ? new RotationReader(section.section("rotation"), targets).read(text)
            : Optional.empty();
    return name.isEmpty() || type.isEmpty()
        ? Optional.empty()
        : Optional.of(
            declaration(
                name.get(),
                section,
                type.get(),
                rotation,
                new SourceReader(text, section, type.get(), targets).read()));
  }

  private static Declaration declaration(
      SecretName name,
      Section section,
      BackendSettings type,
      Optional<RotationDeclaration> rotation,
      SourceDeclaration source) {
    Duration maxStale = section.positive("max_stale");
    boolean keptHere = type instanceof BackendSettings.Local;
    boolean wrapped = source.wrapped().isPresent();
    String path = section.optionalText("path").filter(given -> !wrapped).orElse(name.text());
    switch (type) {
      case BackendSettings.Local local -> {
        if (!path.equals(name.text())) {
          section.problem(
              "path", "differs from the name; a local backend keeps a secret under its name");
        }
      }
      case BackendSettings.Vault vault -> {
        if (!wrapped) {
          checkPath(section, vault, path, rotation);
        }
      }
    }
    return new Declaration(
        name,
        section.text("backend"),
        path,
        section.text("kind"),
        section.truth("required"),
        maxStale,
        refresh(section, maxStale),
        keptHere || section.truth("persist"),
        section.text("environment"),
        rotation,
        lease(section.section("lease")),
        source);
  }

  private static void checkPath(
      Section section,
      BackendSettings.Vault vault,
      String below,
      Optional<RotationDeclaration> rotation) {
    String path = vault.prefix() + below;
    if (!path.contains("/")) {
      section.problem("path", "must be a mount and what is below it, such as secret/orders/db");
    }
    if (rotation.isPresent() && !keepsVersions(vault, path)) {
      section.problem(
          "rotation",
          "needs a key-value path of version 2; kv_mounts says that this one keeps no versions");
    }
  }

  private static boolean keepsVersions(BackendSettings.Vault vault, String path) {
    return vault.kvMounts().entrySet().stream()
        .filter(mount -> mount.getValue() == 1)
        .map(mount -> mount.getKey().endsWith("/") ? mount.getKey() : mount.getKey() + "/")
        .noneMatch(path::startsWith);
  }

  private static LeaseDeclaration lease(Section section) {
    return new LeaseDeclaration(
        section.duration("overlap"),
        section.text("on_exit").equals("revoke"),
        section.truth("exclusive"));
  }

  private static Optional<SecretName> name(Section section, String key, String text) {
    try {
      return Optional.of(new SecretName(text));
    } catch (SecretException notAName) {
      section.problem(key, notAName.safeMessage());
      return Optional.empty();
    }
  }
}
