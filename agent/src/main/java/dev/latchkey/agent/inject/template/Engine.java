package dev.latchkey.agent.inject.template;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Formatter;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.HandlebarsError;
import com.github.jknack.handlebars.HandlebarsException;
import com.github.jknack.handlebars.io.StringTemplateSource;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Handlebars, cut down to the words of {@link Tag}.
 *
 * <p>It looks nothing up by itself: names are resolved by nobody, files are included by nobody, and
 * what is not a value of ours is not written out.
 */
final class Engine {

  private static final Handlebars HANDLEBARS =
      new Handlebars(new NoFiles())
          .with(new Words())
          .with(EscapingStrategy.NOOP)
          .with(Engine::format)
          .prettyPrint(true);

  private static final String BESIDE_A_BRACE =
      "; a brace beside a tag needs a blank between them, which ~}} or {{~ takes away again";

  private Engine() {}

  /**
   * A template that was parsed.
   *
   * @param placed the same with LF for each CRLF, if it has any: the engine counts some CRLF twice,
   *     so a failure is looked for once more where it counts right
   */
  record Compiled(
      String name,
      com.github.jknack.handlebars.Template template,
      Optional<com.github.jknack.handlebars.Template> placed) {

    /** Goes through it once, for what is used and what is wrong. */
    void survey(Survey survey) {
      run(placed.orElse(template), survey);
    }

    /** Goes through it once, for the bytes. */
    byte[] render(Map<SecretName, SecretContent> values) {
      Rendering rendering = new Rendering(values);
      try {
        run(template, rendering);
        return rendering.output().toBytes();
      } catch (TemplateException failure) {
        placed.ifPresent(same -> run(same, new Rendering(values)));
        throw failure;
      }
    }

    private void run(com.github.jknack.handlebars.Template parsed, Scope scope) {
      try {
        Context context = Context.newBuilder(Nothing.HERE).resolver(new NoNames()).build();
        context.data(Call.SCOPE, scope);
        parsed.apply(context, scope.output());
      } catch (IOException | RuntimeException | StackOverflowError failure) {
        scope.output().discard();
        throw told(
            name, failure, "cannot be worked out; write a tag as {{secret \"NAME\" \"FIELD\"}}");
      }
    }
  }

  static Compiled compile(String name, String text) {
    Extent.check(name, text);
    Dialect.check(name, text);
    Optional<com.github.jknack.handlebars.Template> placed =
        text.contains("\r\n")
            ? Optional.of(parse(name, text.replace("\r\n", "\n")))
            : Optional.empty();
    return new Compiled(name, parse(name, text), placed);
  }

  private static com.github.jknack.handlebars.Template parse(String name, String text) {
    try {
      return HANDLEBARS.compile(new StringTemplateSource("template", text));
    } catch (IOException | RuntimeException | StackOverflowError failure) {
      throw told(name, failure, "does not parse");
    }
  }

  private static Object format(Object value, Formatter.Chain others) {
    return switch (value) {
      case Value ours -> ours.text();
      case CharSequence written -> written;
      case Integer number -> number.toString();
      default -> throw new Misuse("this is no value; write {{secret \"NAME\" \"FIELD\"}}");
    };
  }

  /** The failure as ours: the innermost place that the engine tells, and our own words if any. */
  private static TemplateException told(String name, Throwable failure, String otherwise) {
    int line = 1;
    int column = 1;
    String problem = otherwise;
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof HandlebarsException engine) {
        HandlebarsError error = engine.getError();
        line = error == null ? line : error.line;
        column = error == null ? column : error.column + 1;
        problem = words(engine, error, problem);
      }
      if (at instanceof Misuse misuse) {
        return misuse.line() == Misuse.UNKNOWN
            ? new TemplateException(name, line, column, misuse.problem())
            : new TemplateException(name, misuse.line(), misuse.column(), misuse.problem());
      }
      if (at instanceof StackOverflowError) {
        problem = "is nested too deeply";
      }
    }
    return new TemplateException(name, line, column, problem);
  }

  /** What the engine found by itself; the words of what it only passes on may quote anything. */
  private static String words(
      HandlebarsException engine, @Nullable HandlebarsError error, String otherwise) {
    if (engine.getCause() != null) {
      return otherwise;
    }
    String reason = error == null ? String.valueOf(engine.getMessage()) : error.reason;
    String first = reason.lines().findFirst().orElse(otherwise);
    return first.contains("}}}") ? first + BESIDE_A_BRACE : first;
  }
}
