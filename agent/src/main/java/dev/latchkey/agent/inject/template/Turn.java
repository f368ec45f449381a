package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.Context;
import java.util.Set;

/** What one turn of a loop adds to what a template sees. */
final class Turn {

  private static final String KEY = "@key";
  private static final String INDEX = "@index";
  private static final String FIRST = "@first";
  private static final String LAST = "@last";

  /** Its words; the engine asks for each of them without the sign too. */
  static final Set<String> WORDS = Set.of(KEY, INDEX, FIRST, LAST, "key", "index", "first", "last");

  private Turn() {}

  /** The context of a turn, counted from 0, inside of another one. */
  static Context of(Context around, Items.Item item, int turn, boolean isLast) {
    return Context.newBuilder(around, item.value())
        .combine(KEY, item.key())
        .combine(INDEX, turn)
        .combine(FIRST, turn == 0)
        .combine(LAST, isLast)
        .build();
  }
}
