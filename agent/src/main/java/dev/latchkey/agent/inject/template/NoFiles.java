package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.io.AbstractTemplateLoader;
import com.github.jknack.handlebars.io.TemplateSource;

/** Loads no template from anywhere. */
final class NoFiles extends AbstractTemplateLoader {

  @Override
  public TemplateSource sourceAt(String location) {
    throw new Misuse("a template includes no other");
  }
}
