package dev.latchkey.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs of the machine. */
final class Programs {

  private Programs() {}

  /** Where it is: on the search path, or where a system keeps what only root runs. */
  static Optional<Path> find(String name) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":", -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The same; without it there is no test. */
  static Path require(String name, String debianPackage) {
    Optional<Path> found = find(name);
    Precondition.require(
        found.isPresent(), name + "; on Debian it comes with the package " + debianPackage);
    return found.orElseThrow();
  }
}
