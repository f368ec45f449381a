package dev.latchkey.agent.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.caller.Caller;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulePolicyTest {

  private static final Caller APP = caller(1000, 50, "/usr/bin/app");

  private static Caller caller(int uid, int gid, String executable) {
    return new Caller(
        uid, gid, 1, executable.isEmpty() ? Optional.empty() : Optional.of(Path.of(executable)));
  }

  private static AccessRule rule(CallerCondition who, String secrets, Operation... operations) {
    return new AccessRule(
        List.of(who),
        List.of(NamePattern.of(secrets)),
        List.of(NamePattern.of("payments")),
        Set.of(operations));
  }

  private static boolean grants(Policy policy, Caller caller, Operation operation, String name) {
    return policy.decide(caller, operation, name) instanceof Decision.Granted;
  }

  @Test
  void whatNoRuleGrantsIsDenied() {
    Policy nothing = new RulePolicy(List.of());
    for (Operation operation : Operation.values()) {
      assertThat(nothing.decide(APP, operation, "a")).isEqualTo(new Decision.Denied());
    }
  }

  @Test
  void aRuleGrantsItsCallersItsOperationsOnItsNamesAndNothingElse() {
    Policy policy =
        new RulePolicy(List.of(rule(CallerCondition.uid(1000), "orders-*", Operation.READ)));
    assertThat(grants(policy, APP, Operation.READ, "orders-db")).isTrue();
    assertThat(grants(policy, APP, Operation.WATCH, "orders-db")).isFalse();
    assertThat(grants(policy, APP, Operation.READ, "billing-db")).isFalse();
    assertThat(grants(policy, caller(1001, 50, ""), Operation.READ, "orders-db")).isFalse();
  }

  @Test
  void secretsAndKeyringsAreDifferentNames() {
    Policy policy =
        new RulePolicy(
            List.of(rule(CallerCondition.gid(50), "orders", Operation.READ, Operation.ENCRYPT)));
    assertThat(grants(policy, APP, Operation.ENCRYPT, "payments")).isTrue();
    assertThat(grants(policy, APP, Operation.ENCRYPT, "orders")).isFalse();
    assertThat(grants(policy, APP, Operation.READ, "payments")).isFalse();
    assertThat(grants(policy, APP, Operation.DECRYPT, "payments")).isFalse();
  }

  @Test
  void anExecutableNarrowsAndOneThatCannotBeReadNeverMatches() {
    CallerCondition narrowed =
        new CallerCondition(
            OptionalInt.of(1000), OptionalInt.empty(), Optional.of(Path.of("/usr/bin/app")));
    Policy policy = new RulePolicy(List.of(rule(narrowed, "a", Operation.READ)));
    assertThat(grants(policy, APP, Operation.READ, "a")).isTrue();
    assertThat(grants(policy, caller(1000, 50, "/usr/bin/other"), Operation.READ, "a")).isFalse();
    assertThat(grants(policy, caller(1000, 50, ""), Operation.READ, "a")).isFalse();
    assertThat(grants(policy, caller(1001, 50, "/usr/bin/app"), Operation.READ, "a")).isFalse();
  }

  @Test
  void anExecutableAloneIsNoCondition() {
    assertThatThrownBy(
            () ->
                new CallerCondition(
                    OptionalInt.empty(), OptionalInt.empty(), Optional.of(Path.of("/bin/x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theFirstRuleThatGrantsIsNamed() {
    Policy policy =
        new RulePolicy(
            List.of(
                rule(CallerCondition.uid(1), "a", Operation.READ),
                rule(CallerCondition.uid(1000), "a", Operation.READ)));
    assertThat(policy.decide(APP, Operation.READ, "a")).isEqualTo(new Decision.Granted("policy 2"));
  }

  @Test
  void rulesAreToldInWords() {
    Policy policy =
        new RulePolicy(
            List.of(rule(CallerCondition.uid(1000), "a/*", Operation.READ, Operation.ENCRYPT)));
    assertThat(policy.rulesFor("a/b"))
        .containsExactly(
            new Policy.Rule("uid 1000", "a/*, keyring payments", List.of("read", "encrypt")));
    assertThat(policy.rulesFor("b")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a, a, true",
    "a, b, false",
    "*, a, true",
    "*, a/b, false",
    "**, a/b, true",
    "app/*, app/x, true",
    "app/*, app/x/y, false",
    "app/**, app/x/y, true",
    "app/**, app, false",
    "orders-*, orders-, true",
    "*-db, orders-db, true",
    "a/*/c, a/b/c, true",
    "a/*/c, a/b/b/c, false",
    "**/c, a/b/c, true",
    "a.b, axb, false"
  })
  void patternsMeanWhatTheySay(String pattern, String name, boolean expected) {
    assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"''", "'***'", "'*a*b*c*d*'"})
  void patternsThatMeanNothingOrTooMuchAreRefused(String pattern) {
    assertThatThrownBy(() -> NamePattern.of(pattern)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyOperationHasNamesItSpeaksOf() {
    AccessRule all =
        new AccessRule(
            List.of(CallerCondition.uid(1000)),
            List.of(NamePattern.of("**")),
            List.of(NamePattern.of("**")),
            EnumSet.allOf(Operation.class));
    for (Operation operation : Operation.values()) {
      assertThat(grants(new RulePolicy(List.of(all)), APP, operation, "x")).isTrue();
    }
  }
}
