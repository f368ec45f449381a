package dev.latchkey.agent.wiring;

import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.inject.template.Reference;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.inject.template.TemplateException;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.target.postgresql.PostgresTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds templates against the configuration: whether they compile, whether each secret that they
 * name is declared or lies under an open prefix, and, where the fields of a secret are known before
 * it is read, whether it has those that are named.
 */
final class TemplateCheck {

  private final Catalog catalog;
  private final List<Problem> problems = new ArrayList<>();

  TemplateCheck(AgentConfig config) {
    this.catalog = config.catalog();
  }

  /**
   * One thing wrong with a template.
   *
   * @param line from 1; 0 for the file as a whole
   * @param column from 1; 0 for the file as a whole
   */
  record Problem(String file, int line, int column, String message) {

    @Override
    public String toString() {
      return file + (line == 0 ? "" : ":" + line + ":" + column) + ": " + message;
    }
  }

  /** What was found, in the order of the checks. */
  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Checks a file; empty when it does not compile. */
  Optional<Template> file(String file) {
    try {
      Template template = Template.compile(file, read(Path.of(file)));
      template(template);
      return Optional.of(template);
    } catch (TemplateException wrong) {
      problems.add(new Problem(file, wrong.line(), wrong.column(), wrong.problem()));
    } catch (NoSuchFileException absent) {
      problems.add(new Problem(file, 0, 0, "does not exist"));
    } catch (IOException unreadable) {
      problems.add(
          new Problem(file, 0, 0, "cannot be read: " + unreadable.getClass().getSimpleName()));
    }
    return Optional.empty();
  }

  /** Checks a template that compiled. */
  void template(Template template) {
    template.references().forEach(reference -> check(template.name(), reference));
  }

  /** No more than is needed to see that it is too long. */
  private static byte[] read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(Template.MAX_TEXT + 1);
    }
  }

  private void check(String file, Reference reference) {
    problemOf(reference)
        .ifPresent(
            message ->
                problems.add(new Problem(file, reference.line(), reference.column(), message)));
  }

  private Optional<String> problemOf(Reference reference) {
    SecretName secret = reference.secret();
    if (catalog.isAdministrator(secret)) {
      return Optional.of("secret \"" + secret + "\" is for the rotation engine alone");
    }
    return catalog
        .find(secret)
        .map(declared -> declared.rotation().flatMap(rotation -> missing(reference, rotation)))
        .orElseGet(
            () ->
                Optional.of(
                    "secret \"" + secret + "\" is not declared and lies under no open prefix"));
  }

  private Optional<String> missing(Reference reference, RotationDeclaration rotation) {
    Optional<Set<String>> known = fields(rotation);
    return reference
        .field()
        .filter(field -> !reference.optional())
        .filter(field -> known.isPresent() && !known.get().contains(field))
        .map(
            field ->
                "secret \""
                    + reference.secret()
                    + "\" has no field \""
                    + field
                    + "\"; it has "
                    + String.join(", ", known.get()));
  }

  /** The fields of a secret that we rotate; what others keep may have any. */
  private Optional<Set<String>> fields(RotationDeclaration rotation) {
    return catalog
        .target(rotation.target())
        .map(
            target -> {
              Set<String> fields =
                  new TreeSet<>(
                      new PostgresTarget(target, new SecureRandom()).coordinates().keySet());
              fields.add("role");
              fields.add(SecretContent.USERNAME);
              fields.add(SecretContent.PASSWORD);
              return fields;
            });
  }
}
