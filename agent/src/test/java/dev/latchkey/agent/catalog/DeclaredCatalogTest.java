package dev.latchkey.agent.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeclaredCatalogTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Mount ALL = new Mount("", "local", HOUR, HOUR);
  private static final Mount APP = new Mount("app/", "", "vault", HOUR, HOUR, false);
  private static final TargetDeclaration TARGET =
      new TargetDeclaration(
          "db",
          "postgresql",
          "jdbc:postgresql:x",
          Optional.of(new SecretName("admin")),
          List.of("x"));

  private final DeclaredCatalog catalog =
      new DeclaredCatalog(
          List.of(declared("b"), declared("a")), List.of(ALL, APP), List.of(TARGET), Set.of("k"));

  private static Declaration declared(String name) {
    return new Declaration(
        new SecretName(name), "local", name, "x", true, HOUR, HOUR, true, "", Optional.empty());
  }

  @Test
  void findsWhatIsDeclaredBeforeWhatAMountCovers() {
    assertThat(catalog.find(new SecretName("a"))).contains(declared("a"));
    assertThat(catalog.isDeclared(new SecretName("a"))).isTrue();
    assertThat(catalog.isDeclared(new SecretName("app/x"))).isFalse();
  }

  @Test
  void theLongestPrefixDecidesAndCutsThePath() {
    Declaration found = catalog.find(new SecretName("app/x/y")).orElseThrow();
    assertThat(found.backend()).isEqualTo("vault");
    assertThat(found.path()).isEqualTo("x/y");
    assertThat(found.persist()).isFalse();
    assertThat(catalog.mountOf(new SecretName("other"))).contains(ALL);
    assertThat(catalog.find(new SecretName("other")).orElseThrow().path()).isEqualTo("other");
  }

  @Test
  void withoutAMountWhatIsNotDeclaredDoesNotExist() {
    DeclaredCatalog closed = new DeclaredCatalog(List.of(), List.of(), List.of(), Set.of());
    assertThat(closed.find(new SecretName("a"))).isEmpty();
  }

  @Test
  void tellsEverythingInOrder() {
    assertThat(catalog.declared()).containsExactly(declared("a"), declared("b"));
    assertThat(catalog.mounts()).containsExactly(APP, ALL);
    assertThat(catalog.target("db")).contains(TARGET);
    assertThat(catalog.target("no")).isEmpty();
    assertThat(catalog.keyrings()).containsExactly("k");
    assertThat(catalog.isAdministrator(new SecretName("admin"))).isTrue();
    assertThat(catalog.isAdministrator(new SecretName("a"))).isFalse();
  }

  @Test
  void aNameIsDeclaredOnce() {
    List<Declaration> twice = List.of(declared("a"), declared("a"));
    assertThatThrownBy(() -> new DeclaredCatalog(twice, List.of(), List.of(), Set.of()))
        .hasMessageContaining("declared twice");
  }
}
