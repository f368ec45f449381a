package dev.latchkey.agent.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.caller.Caller;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RulePolicyProperties {

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars('a', 'b', '/').ofMaxLength(8);
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("a", "b", "/", "*", "**", "ab", "a/")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(parts -> String.join("", parts))
        .filter(text -> !text.contains("***") && stars(text) <= NamePattern.MAX_STARS);
  }

  private static long stars(String text) {
    return text.replace("**", "*").chars().filter(c -> c == '*').count();
  }

  @Provide
  Arbitrary<AccessRule> rules() {
    Arbitrary<CallerCondition> callers =
        Arbitraries.integers().between(1, 3).map(CallerCondition::uid);
    Arbitrary<NamePattern> subjects = patterns().map(NamePattern::of);
    return Combinators.combine(
            callers.list().ofMaxSize(2),
            subjects.list().ofMaxSize(2),
            subjects.list().ofMaxSize(2),
            Arbitraries.of(Operation.class).set().ofMaxSize(3))
        .as(AccessRule::new);
  }

  @Property
  void aPatternMatchesWhatItsRegularExpressionDoes(
      @ForAll("patterns") String pattern, @ForAll("names") String name) {
    String expression =
        pattern.replace("**", "\u0000").replace("*", "[^/]*").replace("\u0000", ".*");
    assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(Pattern.matches(expression, name));
  }

  @Property
  void aFurtherRuleNeverTakesARightAway(
      @ForAll("rules") AccessRule one,
      @ForAll("rules") AccessRule two,
      @ForAll("names") String name,
      @ForAll Operation operation) {
    Caller caller = new Caller(1, 1, 1, Optional.empty());
    boolean before = grants(List.of(one), caller, operation, name);
    boolean after = grants(List.of(two, one), caller, operation, name);
    assertThat(!before || after).isTrue();
  }

  @Property
  void nobodyOutsideTheRulesIsEverGranted(
      @ForAll("rules") AccessRule rule, @ForAll("names") String name) {
    Caller stranger = new Caller(99, 99, 1, Optional.empty());
    EnumSet.allOf(Operation.class)
        .forEach(
            operation -> assertThat(grants(List.of(rule), stranger, operation, name)).isFalse());
  }

  private static boolean grants(
      List<AccessRule> rules, Caller caller, Operation operation, String name) {
    return new RulePolicy(rules).decide(caller, operation, name) instanceof Decision.Granted;
  }
}
