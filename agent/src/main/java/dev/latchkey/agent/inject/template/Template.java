package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A text with tags such as <code>{{secret "orders-db" "password"}}</code> that becomes a file.
 *
 * <p>Strict: whatever a tag names must be there. Compiling goes through every branch, so that a
 * wrong tag is found before any secret is, and {@link #references} is whole. Immutable and safe for
 * use by several threads.
 */
public final class Template {

  /** The greatest length of a template in bytes. */
  public static final int MAX_TEXT = 256 * 1024;

  /** The greatest length of what is rendered, and of each value on the way to it, in bytes. */
  public static final int MAX_OUTPUT = 1024 * 1024;

  private final String name;
  private final Engine.Compiled compiled;
  private final List<Reference> references;
  private final Set<SecretName> dependencies;

  private Template(String name, Engine.Compiled compiled, List<Reference> references) {
    this.name = name;
    this.compiled = compiled;
    this.references = List.copyOf(references);
    Set<SecretName> secrets = new TreeSet<>();
    this.references.forEach(reference -> secrets.add(reference.secret()));
    this.dependencies = Collections.unmodifiableSet(secrets);
  }

  /**
   * Compiles the bytes of a template.
   *
   * @param name what errors call it, such as the name of its file
   * @throws TemplateException when it is not UTF-8, does not parse or misuses a tag
   */
  public static Template compile(String name, byte[] text) {
    if (text.length > MAX_TEXT) {
      throw new TemplateException(name, 1, 1, "is longer than " + MAX_TEXT + " bytes");
    }
    Utf8.Decoded decoded = Utf8.decode(text);
    return switch (decoded) {
      case Utf8.Decoded.Text valid -> compileText(name, valid.text());
      case Utf8.Decoded.Malformed malformed ->
          throw new TemplateException(
              name,
              malformed.place().line(),
              malformed.place().column(),
              "is not UTF-8 text from here on");
    };
  }

  /** Compiles a text, as {@link #compile(String, byte[])} does. */
  public static Template compile(String name, String text) {
    return compile(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Template compileText(String name, String text) {
    Engine.Compiled compiled = Engine.compile(name, text);
    Survey survey = new Survey();
    compiled.survey(survey);
    return new Template(name, compiled, survey.references());
  }

  /** What errors call it. */
  public String name() {
    return name;
  }

  /** Each use of a secret, in the order of the text. */
  public List<Reference> references() {
    return references;
  }

  /** The secrets whose change can change what is rendered, in the order of their names. */
  public Set<SecretName> dependencies() {
    return dependencies;
  }

  /**
   * Renders all of it or nothing.
   *
   * @param values at least those of the {@link #dependencies} that the branches taken come across
   * @return the file's bytes, which the caller owns and should clear
   * @throws TemplateException when something is missing, is no text where text is written, or a
   *     bound is passed; no message holds a value
   */
  public byte[] render(Map<SecretName, SecretContent> values) {
    return compiled.render(values);
  }

  @Override
  public String toString() {
    return "template " + name;
  }
}
