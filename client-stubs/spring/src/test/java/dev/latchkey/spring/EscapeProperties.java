package dev.latchkey.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Spring's own resolvers make of a marked value the value again, whatever is in it. */
final class EscapeProperties {

  @Property(tries = 2000)
  void anyValueArrivesAsItIs(@ForAll("values") String value) {
    arrives(value);
  }

  @Example
  void valuesThatLookLikePlaceholdersArriveAsTheyAre() {
    for (String value :
        List.of(
            "${x}", "a${b", "a\\${b}", "a\\${b", "${a:${b}}", "$${{}}", "${}", "}${", "\\", "")) {
      arrives(value);
    }
  }

  private static void arrives(String value) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "latchkey:a#b", Escape.placeholders(value),
                    "direct", "${latchkey:a#b}",
                    "within", "<${direct}>")));
    assertThat(environment.getProperty("direct")).isEqualTo(value);
    assertThat(environment.getProperty("within")).isEqualTo("<" + value + ">");
    assertThat(environment.resolveRequiredPlaceholders("${within}")).isEqualTo("<" + value + ">");
    assertThat(
            new PropertySourcesPlaceholdersResolver(environment).resolvePlaceholders("${direct}"))
        .isEqualTo(value);
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.of("$", "{", "}", "${", "\\", ":", "#", "a", "latchkey:")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }
}
