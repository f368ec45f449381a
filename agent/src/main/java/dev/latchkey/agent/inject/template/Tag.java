package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Helper;
import com.github.jknack.handlebars.Options;
import com.github.jknack.handlebars.Template;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The words a tag may begin with, and what each does. */
enum Tag {
  SECRET("{{secret \"NAME\" \"FIELD\"}}", 2) {
    @Override
    Object make(Call call) {
      return call.scope().field(call.secret(), call.literal(1, FIELD), call);
    }
  },
  HAS("{{#if (has \"NAME\" \"FIELD\")}}", 2) {
    @Override
    Object make(Call call) {
      return call.scope().has(call.secret(), call.literal(1, FIELD), call);
    }
  },
  FIELDS("{{#each (fields \"NAME\")}}", 1) {
    @Override
    Object make(Call call) {
      return call.scope().fields(call.secret(), call);
    }
  },
  LINES("{{#each (lines VALUE)}}", 1) {
    @Override
    Object make(Call call) {
      return call.scope().lines(call.value(0));
    }
  },
  EQ("{{#if (eq VALUE \"TEXT\")}}", 2) {
    @Override
    Object make(Call call) {
      return call.value(0).equals(call.value(1));
    }
  },
  BASE64("{{base64 VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.base64(call.value(0));
    }
  },
  BASE64URL("{{base64url VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.base64Url(call.value(0));
    }
  },
  URL("{{url VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.url(call.value(0));
    }
  },
  JSON("{{json VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.json(call.value(0));
    }
  },
  SHELL("{{shell VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.shell(call.value(0));
    }
  },
  SQL("{{sql VALUE}}", 1) {
    @Override
    Object make(Call call) {
      return Quoting.sql(call.value(0));
    }
  },
  INDENT("{{indent SPACES VALUE}}", 2) {
    @Override
    Object make(Call call) {
      return Quoting.indent(call.number(0, 0, 100), call.value(1));
    }
  },
  IF("{{#if CONDITION}}…{{else}}…{{/if}}", 1) {
    @Override
    Object make(Call call) throws IOException {
      return branch(call, call.condition(0));
    }
  },
  UNLESS("{{#unless CONDITION}}…{{else}}…{{/unless}}", 1) {
    @Override
    Object make(Call call) throws IOException {
      return branch(call, !call.condition(0));
    }
  },
  EACH("{{#each (fields \"NAME\")}}…{{/each}}", 1) {
    @Override
    Object make(Call call) throws IOException {
      Items items = call.items(0);
      Budget budget = call.scope().budget();
      budget.open(items.weight());
      int turns = 0;
      for (Iterator<Items.Item> each = items.iterator(); each.hasNext(); turns++) {
        budget.turn();
        Items.Item item = each.next();
        Context around = call.options().context;
        write(call, call.options().fn, Turn.of(around, item, turns, !each.hasNext()));
      }
      budget.close(items.weight());
      if (turns == 0 || call.scope().everyBranch()) {
        write(call, call.options().inverse, call.options().context);
      }
      return "";
    }
  };

  private static final String FIELD = "the name of the field";

  private final String form;
  private final int words;

  Tag(String form, int words) {
    this.form = form;
    this.words = words;
  }

  /** What the tag stands for; a block has written its own text and yields an empty one. */
  abstract Object make(Call call) throws IOException;

  /** What the engine calls. */
  Helper<@Nullable Object> helper() {
    return this::apply;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private Object apply(@Nullable Object first, Options options) throws IOException {
    Call call = Call.of(first, options);
    if (form.startsWith("{{#" + word())) {
      call.isBlock(form, words);
    } else {
      call.isInline(form, words);
    }
    try {
      Object made = make(call);
      if (made instanceof Value value) {
        call.scope().budget().spend(value.bytes().length);
      }
      return made;
    } catch (Misuse misuse) {
      throw misuse.at(call);
    }
  }

  private static Object branch(Call call, boolean taken) throws IOException {
    Options options = call.options();
    boolean both = call.scope().everyBranch();
    if (taken || both) {
      write(call, options.fn, options.context);
    }
    if (!taken || both) {
      write(call, options.inverse, options.context);
    }
    return "";
  }

  /** Straight to the output, so that its bound holds inside blocks too. */
  private static void write(Call call, Template body, Context context) throws IOException {
    call.scope().budget().enter();
    body.apply(context, call.scope().output());
    call.scope().budget().leave();
  }
}
