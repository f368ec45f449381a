package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is there and is right. */
class ReadmeTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]+)\\)");

  /** The first of the root's own, before those of what it builds with. */
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>latchkey-parent</artifactId>\\s*<version>([^<]+)</version>");

  @TempDir Path directory;

  @Test
  void itsConfigurationIsAcceptedByTheAgent() throws Exception {
    Path file = Files.writeString(directory.resolve("latchkey.yml"), Readme.block("yaml"));
    Path out = directory.resolve("out");
    int exit =
        new ProcessBuilder(Installation.agent(List.of(), "", "validate", file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start()
            .waitFor();
    assertThat(Files.readString(out))
        .isEqualTo(
            "The configuration is right: 2 secrets, 1 of them rotated, 0 mounts, 1 target,"
                + " 1 keyring, 0 deliveries of files, 1 policy.\n");
    assertThat(exit).isZero();
  }

  @Test
  void theVersionThatIsToldIsThatOfTheBuild() throws Exception {
    String pom = Files.readString(Installation.root().resolve("pom.xml"));
    Matcher version = VERSION.matcher(pom);
    assertThat(version.find()).isTrue();
    assertThat(Ran.of(Installation.cli(List.of(), "--version")).ok().out())
        .isEqualTo("latchkey " + version.group(1) + "\n");
  }

  @Test
  void itsLinksLeadSomewhere() {
    List<String> links =
        LINK.matcher(Readme.text()).results().map(found -> found.group(1)).toList();
    assertThat(links).contains("docs/performance.md", "docs/decisions");
    assertThat(links)
        .allSatisfy(link -> assertThat(Installation.root().resolve(link)).as(link).exists());
  }

  @Test
  void itIsReadInAFewMinutes() {
    assertThat(Readme.text().lines().count()).isLessThanOrEqualTo(150);
  }
}
