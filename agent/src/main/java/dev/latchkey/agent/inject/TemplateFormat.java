package dev.latchkey.agent.inject;

import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.inject.template.TemplateException;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a template makes of the secrets that it names, in any of its branches. */
public record TemplateFormat(Template template) implements Format {

  @Override
  public Set<SecretName> secrets() {
    return template.dependencies();
  }

  /** Loops make much of little: the longest file, twice while it grows, besides the values. */
  @Override
  public long room(Values values) {
    return 2L * Template.MAX_OUTPUT + Format.super.room(values);
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    Map<SecretName, SecretContent> contents = new HashMap<>();
    secrets().forEach(name -> contents.put(name, values.content(name)));
    try {
      return List.of(new FileContent(file, template.render(contents)));
    } catch (TemplateException wrong) {
      throw Values.refused(String.valueOf(wrong.getMessage()));
    }
  }
}
