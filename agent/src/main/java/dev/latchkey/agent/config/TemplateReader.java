package dev.latchkey.agent.config;

import dev.latchkey.agent.inject.template.Reference;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.inject.template.TemplateException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the template that a file is made by, once: a later change of it waits for the next start.
 */
final class TemplateReader {

  private static final String KEY = "template";

  private final Section section;
  private final NamedSecrets secrets;

  TemplateReader(Section section, NamedSecrets secrets) {
    this.section = section;
    this.secrets = secrets;
  }

  /** The template; empty where something is wrong with it, which is noted. */
  Optional<Template> read() {
    if (!section.has(KEY)) {
      section.problem("", "the key \"template\" is missing; name the template's file");
      return Optional.empty();
    }
    Path file = Path.of(section.text(KEY));
    return switch (TemplateFile.read(file)) {
      case TemplateFile.Text text -> compiled(file, text.bytes()).filter(this::namesSecrets);
      case TemplateFile.Refused refused -> refused(refused.why());
    };
  }

  private Optional<Template> refused(String why) {
    section.problem(KEY, why);
    return Optional.empty();
  }

  private Optional<Template> compiled(Path file, byte[] text) {
    try {
      return Optional.of(Template.compile(file.toString(), text));
    } catch (TemplateException wrong) {
      return refused(String.valueOf(wrong.getMessage()));
    }
  }

  /** Whether each of its secrets may be delivered; one problem for each that may not. */
  private boolean namesSecrets(Template template) {
    Map<String, Reference> wrong = new TreeMap<>();
    for (Reference reference : template.references()) {
      problemOf(reference).ifPresent(why -> wrong.putIfAbsent(why, reference));
    }
    wrong.forEach((why, at) -> section.problem(KEY, placed(template, at) + why));
    return wrong.isEmpty();
  }

  private Optional<String> problemOf(Reference reference) {
    return secrets
        .unknown(reference.secret())
        .or(
            () ->
                secrets
                    .administrator(reference.secret())
                    .map(why -> "secret \"" + reference.secret() + "\" " + why));
  }

  private static String placed(Template template, Reference at) {
    return template.name() + ":" + at.line() + ":" + at.column() + ": ";
  }
}
