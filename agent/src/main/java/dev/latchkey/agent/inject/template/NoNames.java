package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.ValueResolver;
import java.util.Map;
import java.util.Set;

/** Resolves nothing but what a loop says of its turn, so that no object is ever looked into. */
final class NoNames implements ValueResolver {

  @Override
  public Object resolve(Object object, String name) {
    if (!Turn.WORDS.contains(name)) {
      throw new Misuse(Words.unknown(name));
    }
    Object said = object instanceof Map<?, ?> turn ? turn.get(name) : null;
    return said == null ? UNRESOLVED : said;
  }

  @Override
  public Object resolve(Object object) {
    return UNRESOLVED;
  }

  @Override
  public Set<Map.Entry<String, Object>> propertySet(Object object) {
    return Set.of();
  }
}
