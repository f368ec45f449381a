package dev.latchkey.micronaut;

import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.placeholder.SecretReference;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertyExpressionResolver;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.value.PropertyResolver;
import java.util.Optional;

/**
 * Answers the placeholders that {@link LatchkeyPropertySource} passes on, with the value of now.
 *
 * <p>A placeholder that did not come through that source would be answered with its own text, taken
 * for a default; it is refused instead. Found by Micronaut as a service.
 */
public final class LatchkeyExpressionResolver implements PropertyExpressionResolver {

  private static final String UNSEEN = "latchkey";

  @Override
  public <T> Optional<T> resolve(
      PropertyResolver properties,
      ConversionService conversion,
      String expression,
      Class<T> requiredType) {
    if (expression.equals(UNSEEN)) {
      throw new LatchkeyException(
          Reason.INVALID_REQUEST,
          "${latchkey:NAME#field} stands where Latchkey does not see it, such as in an annotation"
              + " or in bootstrap.yml: let a property of the application's configuration hold it,"
              + " and refer to that property");
    }
    if (!expression.startsWith(Spelling.PASSED_ON)
        || !(properties instanceof Environment environment)) {
      return Optional.empty();
    }
    LatchkeyPropertySource source = LatchkeyPropertySource.of(environment);
    if (source == null) {
      return Optional.empty();
    }
    SecretReference reference =
        SecretReference.parse(expression.substring(Spelling.PASSED_ON.length()));
    return conversion.convert(source.secrets().text(reference), requiredType);
  }
}
