package dev.latchkey.agent.config;

import dev.latchkey.agent.inject.template.Reference;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.inject.template.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the template that a file is made by, once: who may write a template decides what is in the
 * file, so it must be a plain one that not everybody may write, and a later change of it waits for
 * the next start.
 */
final class TemplateReader {

  private static final String KEY = "template";
  private static final int WRITABLE_BY_OTHERS = 02;

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
    try {
      Optional<String> refusal = refusal(file);
      return refusal.isPresent()
          ? refused(refusal.get())
          : compiled(file).filter(this::namesSecrets);
    } catch (NoSuchFileException absent) {
      return refused(file + " does not exist");
    } catch (IOException unreadable) {
      return refused(file + " cannot be read: " + unreadable.getClass().getSimpleName());
    }
  }

  private Optional<Template> refused(String why) {
    section.problem(KEY, why);
    return Optional.empty();
  }

  /** Why the file is not to be read; empty where it is. */
  private static Optional<String> refusal(Path file) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(
            file, "unix:isSymbolicLink,isRegularFile,mode", LinkOption.NOFOLLOW_LINKS);
    if (Boolean.TRUE.equals(all.get("isSymbolicLink"))) {
      return Optional.of(file + " is a symlink, which is not followed; name the file itself");
    }
    if (!Boolean.TRUE.equals(all.get("isRegularFile"))) {
      return Optional.of(file + " is no plain file");
    }
    boolean open = all.get("mode") instanceof Integer mode && (mode & WRITABLE_BY_OTHERS) != 0;
    return open
        ? Optional.of(file + " may be written by everybody; take that away (chmod o-w)")
        : Optional.empty();
  }

  /** No more is read than shows that it is too long. */
  private Optional<Template> compiled(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(Template.compile(file.toString(), in.readNBytes(Template.MAX_TEXT + 1)));
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
