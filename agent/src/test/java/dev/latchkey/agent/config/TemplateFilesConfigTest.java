package dev.latchkey.agent.config;

import static dev.latchkey.agent.config.ConfigTexts.accepted;
import static dev.latchkey.agent.config.ConfigTexts.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.files.posix.Precondition;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.machine.OwnRights;
import dev.latchkey.agent.secret.SecretName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format {@code template} in the section {@code files}. */
class TemplateFilesConfigTest {

  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("app.conf");
  }

  private void template(String text) throws IOException {
    Files.writeString(file, text);
  }

  private String body(String more) {
    return """
    targets: { db: { url: "jdbc:postgresql://h/orders", admin: admin } }
    secrets: { x: {}, y: {}, admin: {} }
    files:
      app: { path: /run/app/f, format: template, template: "%s"%s }
    """
        .formatted(file, more);
  }

  private String problem() {
    List<String> problems = refused(body(""));
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void theTemplateSaysWhichSecretsItDependsOn() throws IOException {
    template("{{secret \"x\" \"a\"}} {{#if (has \"y\" \"b\")}}b{{/if}} {{secret \"x\" \"c\"}}");
    Delivery read = accepted(body("")).files().getFirst();
    assertThat(read.entries().getFirst().format()).isInstanceOf(TemplateFormat.class);
    assertThat(read.secrets()).containsExactlyInAnyOrder(new SecretName("x"), new SecretName("y"));
    assertThat(read.pace().quiet()).as("several secrets").isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aFileOfASetMayBeATemplateBesideOthers() throws IOException {
    template("{{secret \"y\" \"a\"}}");
    Delivery read =
        accepted(
                """
                secrets: { x: {}, y: {} }
                files:
                  app:
                    path: /run/app
                    secret: x
                    set: { token: {}, app.conf: { format: template, template: "%s" } }
                """
                    .formatted(file))
            .files()
            .getFirst();
    assertThat(read.secrets()).containsExactlyInAnyOrder(new SecretName("x"), new SecretName("y"));
  }

  @Test
  void aMissingTemplateIsToldByItsPath() {
    assertThat(problem())
        .isEqualTo("latchkey.yml:4: files.app.template: " + file + " does not exist");
  }

  @Test
  void aSymlinkAndWhatIsNoFileAreRefused() throws IOException {
    Files.createSymbolicLink(file, Files.createFile(directory.resolve("other")));
    assertThat(problem())
        .endsWith(file + " is a symlink, which is not followed; name the file itself");
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(problem()).endsWith(file + " is no plain file");
  }

  @Test
  void aTemplateThatEverybodyMayWriteIsRefused() throws IOException {
    template("x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(problem()).contains("may be written by everybody");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(accepted(body("")).files()).hasSize(1);
  }

  @Test
  void aTemplateThatAForeignGroupMayWriteIsRefused() throws IOException {
    Precondition.require("root, to play another group", OwnRights.read().mayChown());
    template("x");
    Files.setAttribute(file, "unix:gid", 23_456);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(problem()).endsWith("may be written by the group 23456; take that away (chmod g-w)");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(accepted(body("")).files()).hasSize(1);
  }

  @Test
  void aTemplateThatIsExchangedWhileItIsReadIsRefused() throws IOException {
    template("x");
    assertThat(TemplateFile.read(file, () -> exchange("y")))
        .isEqualTo(new TemplateFile.Refused(file + " was changed just now; start again"));
    assertThat(TemplateFile.read(file, () -> {}))
        .isInstanceOfSatisfying(
            TemplateFile.Text.class, text -> assertThat(text.bytes()).asString().isEqualTo("y"));
  }

  /** Puts another file in the place of the template, as a change that is meant to be whole does. */
  private void exchange(String text) {
    try {
      Path other = Files.writeString(directory.resolve("other"), text);
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void oneThatDoesNotCompileIsToldByLineAndColumn() throws IOException {
    template("a\n  {{nope}}");
    assertThat(problem()).contains("files.app.template: " + file + ":2:5: \"nope\" means nothing");
    template("x".repeat(300_000));
    assertThat(problem()).contains("is longer than");
  }

  @Test
  void secretsThatMayNotBeDeliveredAreToldWhereTheyAreNamed() throws IOException {
    template("{{secret \"xx\" \"a\"}}\n{{secret \"xx\" \"b\"}}\n {{secret \"admin\" \"a\"}}");
    assertThat(refused(body("")))
        .hasSize(2)
        .anySatisfy(
            told ->
                assertThat(told)
                    .contains(
                        file + ":1:3: there is no secret \"xx\" under secrets:", "did you mean"))
        .anySatisfy(
            told ->
                assertThat(told)
                    .contains(
                        file + ":3:4: secret \"admin\" is the administrator of the target db"));
  }

  @Test
  void keysThatDoNotGoTogetherAreRefused() throws IOException {
    template("x");
    assertThat(refused(body(", secret: x")))
        .singleElement()
        .asString()
        .contains("names its secrets");
    assertThat(refused(body(", prefix: A_")))
        .singleElement()
        .asString()
        .contains("belongs to the format dotenv or properties");
    assertThat(refused("secrets: { x: {} }\nfiles: { a: { path: /f/g, format: template } }"))
        .singleElement()
        .asString()
        .contains("the key \"template\" is missing");
    assertThat(refused("secrets: { x: {} }\nfiles: { a: { path: /f/g, secret: x, template: /t } }"))
        .singleElement()
        .asString()
        .contains("belongs to the format template");
    assertThat(
            refused(
                "files: { a: { path: %1$s, format: template, template: %1$s } }".formatted(file)))
        .singleElement()
        .asString()
        .contains("is the file that is written");
  }
}
