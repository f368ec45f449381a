package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.Decorator;
import com.github.jknack.handlebars.Helper;
import com.github.jknack.handlebars.helper.DefaultHelperRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The words that the engine knows: those of {@link Tag}, and none of its own. */
final class Words extends DefaultHelperRegistry {

  private static final int LONGEST_SHOWN = 60;

  private static final Map<String, Helper<?>> KNOWN = known();

  private static Map<String, Helper<?>> known() {
    Map<String, Helper<?>> known = new HashMap<>();
    Stream.of(Tag.values()).forEach(tag -> known.put(tag.word(), tag.helper()));
    Helper<Object> missing =
        (first, options) -> {
          throw Call.of(first, options).misuse(unknown(options.helperName));
        };
    known.put(HELPER_MISSING, missing);
    return Map.copyOf(known);
  }

  static String unknown(String word) {
    String shown = word.length() > LONGEST_SHOWN ? word.substring(0, LONGEST_SHOWN) + "…" : word;
    String all = Stream.of(Tag.values()).map(Tag::word).collect(Collectors.joining(", "));
    return "\"" + shown + "\" means nothing here; a tag begins with one of " + all;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // As the engine declares it.
  public <C> @Nullable Helper<C> helper(String word) {
    return (Helper<C>) KNOWN.get(word);
  }

  @Override
  public Decorator decorator(String word) {
    return (decorated, options) -> {
      throw new Misuse("a template decorates nothing; a tag does not begin with *");
    };
  }
}
