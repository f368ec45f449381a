package dev.latchkey.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls of the agent: which room may import which, and which library belongs to which room. */
class ArchitectureTest {

  private static final String ROOT = "dev.latchkey.agent";

  private static final Set<String> LEAVES =
      Set.of("secret", "caller", "event", "time", "lifecycle", "store", "machine");

  /** What each capability may import besides the leaves. The README draws this table. */
  private static final Map<String, Set<String>> CAPABILITIES =
      Map.ofEntries(
          Map.entry("catalog", Set.of()),
          Map.entry("crypto", Set.of()),
          Map.entry("schedule", Set.of()),
          Map.entry("consumer", Set.of()),
          Map.entry("backend", Set.of()),
          Map.entry("target", Set.of()),
          Map.entry("backup", Set.of()),
          Map.entry("access", Set.of("catalog")),
          Map.entry("audit", Set.of("crypto")),
          Map.entry("current", Set.of("catalog", "audit")),
          Map.entry(
              "lease", Set.of("backend", "current", "catalog", "consumer", "audit", "schedule")),
          Map.entry("supply", Set.of("backend", "lease", "current", "catalog", "schedule")),
          Map.entry(
              "rotation",
              Set.of("target", "backend", "consumer", "current", "catalog", "schedule", "audit")),
          Map.entry("watch", Set.of("current", "consumer", "access")),
          Map.entry("inject", Set.of("current", "consumer", "access", "inject.template")),
          Map.entry("inject.template", Set.of()),
          Map.entry("readiness", Set.of("current", "catalog")));

  /** May import any leaf and any capability, but no other adapter. */
  private static final Set<String> ADAPTERS =
      Set.of(
          "rpc",
          "management",
          "telemetry",
          "store.sqlite",
          "backend.local",
          "backend.vault",
          "login.vault",
          "target.postgresql",
          "attest.process",
          "files.posix",
          "reload.process",
          "config");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyPackageIsARoomOfTheTable() {
    Set<String> known =
        Stream.of(LEAVES, CAPABILITIES.keySet(), ADAPTERS, Set.of("wiring"))
            .flatMap(Set::stream)
            .collect(Collectors.toSet());
    assertThat(CLASSES.stream().map(ArchitectureTest::room).collect(Collectors.toSet()))
        .isSubsetOf(known);
  }

  @Test
  void theReadmeDrawsTheTable() throws IOException {
    String readme =
        Files.readString(Path.of(System.getProperty("latchkey.root", "..")).resolve("README.md"));
    Map<String, Set<String>> drawn =
        readme
            .lines()
            .map(line -> line.replaceFirst("^capabilities", "").strip())
            .filter(line -> line.matches("[a-z.]+ +→.*"))
            .map(line -> line.split("→", -1))
            .collect(Collectors.toMap(line -> line[0].strip(), line -> names(line[1])));
    assertThat(drawn).isEqualTo(CAPABILITIES);
    assertThat(ADAPTERS).allSatisfy(adapter -> assertThat(readme).contains(adapter));
  }

  private static Set<String> names(String list) {
    return Stream.of(list.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  @Test
  void eachRoomImportsOnlyWhatTheTableAllows() {
    Set<String> breaches =
        CLASSES.stream()
            .flatMap(origin -> origin.getDirectDependenciesFromSelf().stream())
            .filter(ArchitectureTest::staysInTheAgent)
            .filter(dependency -> !mayImport(dependency))
            .map(Dependency::getDescription)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(breaches).isEmpty();
  }

  @Test
  void roomsHaveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return javaClass.getPackageName().startsWith(ROOT)
                    ? SliceIdentifier.of(room(javaClass))
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "the rooms of the agent";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void onlyTheTimeRoomReadsAClock() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".time..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethodWhere(
            DescribedPredicate.describe(
                "Thread.sleep",
                call ->
                    call.getTargetOwner().isEquivalentTo(Thread.class)
                        && call.getName().equals("sleep")))
        .orShould()
        .callConstructor(java.util.Random.class)
        .check(CLASSES);
  }

  @Test
  void librariesStayInTheirRooms() {
    onlyIn("com.github.benmanes.caffeine", "current");
    onlyIn("com.google.crypto.tink", "crypto");
    onlyIn("org.bouncycastle", "crypto");
    onlyIn("io.grpc", "rpc");
    onlyIn("dev.latchkey.v1", "rpc");
    onlyIn("java.sql", "store.sqlite", "target.postgresql");
    onlyIn("org.flywaydb", "store.sqlite");
    onlyIn("org.sqlite", "store.sqlite");
    onlyIn("org.postgresql", "target.postgresql");
    onlyIn("io.github.jopenlibs", "backend.vault", "login.vault");
    onlyIn("io.micronaut", "wiring");
    onlyIn("io.opentelemetry.sdk", "telemetry", "wiring");
    onlyIn("io.opentelemetry.exporter", "telemetry");
    onlyIn("io.opentelemetry", "telemetry", "wiring", "rpc");
    onlyIn("com.sun.net.httpserver", "management");
    onlyIn("java.lang.foreign", "machine", "files.posix", "reload.process");
    onlyIn("com.networknt", "config");
    onlyIn("com.github.jknack", "inject.template");
    onlyIn("com.fasterxml.jackson", "config", "management");
  }

  @Test
  void onlyTheseRoomsReadAValue() {
    List<String> readers =
        List.of(
            "secret",
            "crypto",
            "store.sqlite",
            "rpc",
            "target.postgresql",
            "rotation",
            "inject",
            "inject.template",
            "backend.vault",
            "login.vault");
    noClasses()
        .that(outside(readers))
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "SecretValue.read",
                call ->
                    call.getTargetOwner().isEquivalentTo(SecretValue.class)
                        && call.getName().equals("read")))
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItIsAndIsCheckedForNulls() {
    Set<JavaPackage> packages =
        CLASSES.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
    assertThat(packages)
        .allSatisfy(
            room ->
                assertThat(room.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                    .as(room.getName())
                    .isTrue());
  }

  @Test
  void namesSayWhatAThingDoes() {
    classes()
        .should()
        .haveNameNotMatching(".*(Manager|Helper|Util|Utils|Impl|Base)(\\$.*)?")
        .check(CLASSES);
  }

  private static void onlyIn(String library, String... rooms) {
    noClasses()
        .that(outside(List.of(rooms)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> outside(List<String> rooms) {
    return DescribedPredicate.describe(
        "are outside " + rooms, javaClass -> !rooms.contains(room(javaClass)));
  }

  private static boolean staysInTheAgent(Dependency dependency) {
    return dependency.getTargetClass().getPackageName().startsWith(ROOT)
        && !room(dependency.getTargetClass()).equals(room(dependency.getOriginClass()));
  }

  private static boolean mayImport(Dependency dependency) {
    String from = room(dependency.getOriginClass());
    String to = room(dependency.getTargetClass());
    if (LEAVES.contains(from)) {
      return to.equals("secret");
    }
    return from.equals("wiring")
        || LEAVES.contains(to)
        || (ADAPTERS.contains(from) && CAPABILITIES.containsKey(to))
        || CAPABILITIES.getOrDefault(from, Set.of()).contains(to);
  }

  private static String room(JavaClass javaClass) {
    String name = javaClass.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
  }
}
