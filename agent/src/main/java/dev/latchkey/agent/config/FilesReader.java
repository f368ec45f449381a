package dev.latchkey.agent.config;

import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.PgServiceFormat;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.machine.Accounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads what is written into files. What is wrong with one delivery leaves it out and is noted. */
final class FilesReader {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");
  private static final int BY_GROUP = 0040;
  private static final int WIDEST = 0640;
  private static final Duration OF_SEVERAL = Duration.ofMillis(500);

  private static final Duration LONGEST = Duration.ofHours(1);

  private final Section root;
  private final Accounts accounts;
  private final NamedSecrets secrets;
  private final Map<Path, String> owners = new TreeMap<>();

  FilesReader(Section root, Accounts accounts, NamedSecrets secrets) {
    this.root = root;
    this.accounts = accounts;
    this.secrets = secrets;
  }

  List<Delivery> deliveries() {
    List<Delivery> deliveries = new ArrayList<>();
    root.named("files")
        .forEach((name, section) -> delivery(name, section).ifPresent(deliveries::add));
    return deliveries;
  }

  private Optional<Delivery> delivery(String name, Section section) {
    if (!NAME.matcher(name).matches()) {
      section.problem("", "must be called by lower-case letters, digits, '.', '_' or '-'");
    }
    List<Delivery.Entry> entries = entries(name, section);
    Optional<Path> path = path(name, section);
    Optional<Reload> reload = reload(section);
    if (entries.isEmpty() || path.isEmpty()) {
      return Optional.empty();
    }
    Delivery made =
        new Delivery(
            name,
            placement(section, path.get(), entries),
            entries,
            section.truth("required"),
            leaving(section.text("on_exit")),
            leaving(section.text("on_revoked")),
            new Delivery.Pace(
                Duration.ZERO, bounded("settle", section, section.duration("settle"))),
            reload);
    return Optional.of(paced(made, section));
  }

  private static Delivery paced(Delivery made, Section section) {
    Duration usual = made.secrets().size() > 1 ? OF_SEVERAL : Duration.ZERO;
    Duration quiet =
        section.has("quiet") ? bounded("quiet", section, section.duration("quiet")) : usual;
    return new Delivery(
        made.name(),
        made.placement(),
        made.entries(),
        made.required(),
        made.onExit(),
        made.onRevoked(),
        new Delivery.Pace(quiet, made.pace().settle()),
        made.reload());
  }

  /** Longer waits hide a mistake: nothing is written, or nobody told, for all that time. */
  private static Duration bounded(String key, Section section, Duration span) {
    if (span.compareTo(LONGEST) > 0) {
      section.problem(key, "is longer than an hour");
      return LONGEST;
    }
    return span;
  }

  private static Leaving leaving(String word) {
    return Leaving.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private List<Delivery.Entry> entries(String name, Section section) {
    if (!section.has("set")) {
      return new FormatReader(section, secrets, Optional.empty())
          .read(name)
          .map(format -> List.of(new Delivery.Entry(name, format)))
          .orElse(List.of());
    }
    FormatReader.refuseBesideSet(section);
    List<Delivery.Entry> entries = new ArrayList<>();
    Map<String, Section> files = section.named("set");
    if (files.isEmpty()) {
      section.problem("set", "is empty; name at least one file");
    }
    files.forEach(
        (file, each) -> {
          if (!FILE_NAME.matcher(file).matches()) {
            each.problem("", "is no plain name of a file");
            return;
          }
          new FormatReader(each, secrets, section.optionalText("secret"))
              .read(name)
              .ifPresent(format -> entries.add(new Delivery.Entry(file, format)));
        });
    return entries;
  }

  private Optional<Path> path(String name, Section section) {
    Path path = Path.of(section.text("path"));
    if (!path.equals(path.normalize()) || path.getFileName() == null) {
      section.problem("path", "must be the path of a file, without . and ..");
      return Optional.empty();
    }
    Section agent = root.section("agent");
    if (path.startsWith(Path.of(agent.text("state_dir")).normalize())) {
      section.problem("path", "lies in agent.state_dir, which is the agent's alone");
    }
    owners.forEach(
        (other, owner) -> {
          if (path.startsWith(other) || other.startsWith(path)) {
            section.problem(
                "path",
                path.equals(other)
                    ? "is that of files." + owner + " too; give each a path of its own"
                    : "and that of files." + owner + " lie in each other");
          }
        });
    owners.putIfAbsent(path, name);
    return Optional.of(path);
  }

  private Placement placement(Section section, Path path, List<Delivery.Entry> entries) {
    boolean pair = entries.getFirst().format() instanceof PgServiceFormat;
    boolean set = section.has("set") || pair;
    Optional<String> owner = account(section, "owner", "user", accounts::uid);
    Optional<String> group = account(section, "group", "group", accounts::gid);
    int mode = mode(section, group.isPresent());
    if (pair && (mode & BY_GROUP) != 0) {
      section.problem(
          section.has("mode") ? "mode" : "group",
          "lets a group read; libpq takes no passfile then: set mode: 0600, and the owner");
    }
    return new Placement(path, set ? Placement.Kind.SET : Placement.Kind.FILE, mode, owner, group);
  }

  private static Optional<String> account(
      Section section, String key, String kind, Function<String, OptionalInt> lookup) {
    Optional<String> account = section.optionalText(key);
    if (account.filter(text -> !text.matches("[0-9]{1,9}")).isPresent()) {
      OptionalInt _ = AccountNames.number(section, key, kind, lookup);
    }
    return account;
  }

  private static int mode(Section section, boolean hasGroup) {
    if (!section.has("mode")) {
      return hasGroup ? Placement.OWNER_AND_GROUP : Placement.OWNER_ONLY;
    }
    // Without quotes YAML takes 0640 for a number, rightly one in eights.
    int mode =
        section.node().path("mode").isInt()
            ? section.number("mode")
            : Integer.parseInt(section.text("mode"), 8);
    if ((mode & ~WIDEST) != 0) {
      section.problem("mode", "is wider than 0640; secrets are for one user and one group");
    } else if ((mode & BY_GROUP) != 0 && !hasGroup) {
      section.problem("mode", "lets a group read, and none is named; add group");
    }
    return mode;
  }

  private static Optional<Reload> reload(Section section) {
    if (!section.has("reload")) {
      return Optional.empty();
    }
    Section reload = section.section("reload");
    boolean bySignal = reload.has("signal") || reload.has("pid_file");
    if (bySignal == reload.has("command")) {
      section.problem("reload", "takes signal and pid_file together, or else command");
      return Optional.empty();
    }
    return bySignal ? bySignal(reload) : byCommand(reload);
  }

  private static Optional<Reload> bySignal(Section reload) {
    if (!reload.has("signal") || !reload.has("pid_file")) {
      reload.problem("", "needs signal and pid_file together");
      return Optional.empty();
    }
    return Optional.of(new Reload.Signal(reload.text("signal"), Path.of(reload.text("pid_file"))));
  }

  private static Optional<Reload> byCommand(Section reload) {
    List<String> argv = reload.texts("command");
    if (!Path.of(argv.getFirst()).isAbsolute()) {
      reload.problem("command", "must begin with the absolute path of a program");
    }
    if (argv.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      reload.problem("command", "holds a byte 0");
    }
    return Optional.of(
        new Reload.Command(argv, bounded("timeout", reload, reload.positive("timeout"))));
  }
}
