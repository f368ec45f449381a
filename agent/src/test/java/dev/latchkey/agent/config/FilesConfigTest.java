package dev.latchkey.agent.config;

import static dev.latchkey.agent.config.ConfigTexts.accepted;
import static dev.latchkey.agent.config.ConfigTexts.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.Certified;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DotenvFormat;
import dev.latchkey.agent.inject.Fields;
import dev.latchkey.agent.inject.Format;
import dev.latchkey.agent.inject.JsonFormat;
import dev.latchkey.agent.inject.PemFormat;
import dev.latchkey.agent.inject.PgServiceFormat;
import dev.latchkey.agent.inject.Pkcs12Format;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PropertiesFormat;
import dev.latchkey.agent.inject.RawFormat;
import dev.latchkey.agent.inject.Reload;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code files}. */
class FilesConfigTest {

  private static final Set<String> FORMAT_KEYS =
      Set.of(
          "secret",
          "format",
          "field",
          "newline",
          "fields",
          "prefix",
          "parts",
          "certificate",
          "chain",
          "key",
          "alias",
          "password",
          "password_field",
          "template");

  /** Every key of the section, for the test that every key is tested. */
  static final Set<String> TESTED_KEYS =
      Stream.of(
              Stream.of("files"),
              Stream.of(
                      "path",
                      "mode",
                      "owner",
                      "group",
                      "required",
                      "on_exit",
                      "on_revoked",
                      "quiet",
                      "settle",
                      "reload",
                      "reload.signal",
                      "reload.pid_file",
                      "reload.command",
                      "reload.timeout",
                      "service",
                      "options",
                      "set")
                  .map(key -> "files.*." + key),
              FORMAT_KEYS.stream().map(key -> "files.*." + key),
              FORMAT_KEYS.stream().map(key -> "files.*.set.*." + key))
          .flatMap(keys -> keys)
          .collect(Collectors.toUnmodifiableSet());

  private static final SecretName X = new SecretName("x");

  private static Delivery read(String body) {
    return accepted("secrets: { x: {}, y: {} }\nfiles:\n  app: " + body).files().getFirst();
  }

  private static Format format(String keys) {
    return read("{ path: /run/app/f, secret: x, " + keys + " }").entries().getFirst().format();
  }

  @Test
  void theLeastHasEveryDefault() {
    assertThat(read("{ path: /run/app/f, secret: x }"))
        .isEqualTo(
            new Delivery(
                "app",
                Placement.of(Path.of("/run/app/f"), Placement.Kind.FILE),
                List.of(new Delivery.Entry("app", new RawFormat(X, Optional.empty(), false))),
                true,
                Leaving.KEEP,
                Leaving.KEEP,
                new Delivery.Pace(Duration.ZERO, Duration.ofSeconds(10)),
                Optional.empty()));
  }

  @Test
  void everyKeyOfADeliveryIsRead() {
    Delivery read =
        read(
            """
            { path: /run/app/f, mode: "0440", owner: app, group: apps, required: false,
                on_exit: blank, on_revoked: remove, quiet: 1s, settle: 20s, secret: x,
                reload: { command: [/usr/sbin/nginx, -s, reload], timeout: 3s } }
            """);
    assertThat(read)
        .isEqualTo(
            new Delivery(
                "app",
                new Placement(
                    Path.of("/run/app/f"),
                    Placement.Kind.FILE,
                    0440,
                    Optional.of("app"),
                    Optional.of("apps")),
                read.entries(),
                false,
                Leaving.BLANK,
                Leaving.REMOVE,
                new Delivery.Pace(Duration.ofSeconds(1), Duration.ofSeconds(20)),
                Optional.of(
                    new Reload.Command(
                        List.of("/usr/sbin/nginx", "-s", "reload"), Duration.ofSeconds(3)))));
    assertThat(
            read("{ path: /f/g, secret: x, reload: { signal: HUP, pid_file: /run/p } }").reload())
        .contains(new Reload.Signal("HUP", Path.of("/run/p")));
  }

  @Test
  void aGroupMayReadWhereOneIsNamedAndAnUnquotedModeIsMeantAsWritten() {
    assertThat(read("{ path: /f/g, secret: x, group: apps }").placement().mode()).isEqualTo(0640);
    assertThat(read("{ path: /f/g, secret: x, group: \"1002\", mode: 0640 }").placement().mode())
        .isEqualTo(0640);
    assertThat(read("{ path: /f/g, secret: x, mode: 0400 }").placement().mode()).isEqualTo(0400);
  }

  @Test
  void everyFormatIsRead() {
    assertThat(format("field: a, newline: true"))
        .isEqualTo(new RawFormat(X, Optional.of("a"), true));
    Fields some = new Fields(X, List.of("a", "b"), "");
    assertThat(format("format: dotenv, fields: [a, b], prefix: DB_"))
        .isEqualTo(new DotenvFormat(new Fields(X, List.of("a", "b"), "DB_")));
    assertThat(format("format: json, fields: [a, b]")).isEqualTo(new JsonFormat(some));
    assertThat(format("format: properties, prefix: db."))
        .isEqualTo(new PropertiesFormat(new Fields(X, List.of(), "db.")));
    assertThat(format("format: pem"))
        .isEqualTo(
            new PemFormat(
                new Certified(X, "certificate", "ca_chain", "private_key"),
                EnumSet.allOf(PemFormat.Part.class)));
    assertThat(format("format: pem, parts: [key], certificate: c, chain: h, key: k"))
        .isEqualTo(new PemFormat(new Certified(X, "c", "h", "k"), Set.of(PemFormat.Part.KEY)));
    assertThat(format("format: pkcs12, password: \"${env:WORD}\", alias: web"))
        .isEqualTo(
            new Pkcs12Format(
                new Certified(X, "certificate", "ca_chain", "private_key"),
                "web",
                new Pkcs12Format.Password.Given(SecretValue.ofText("true"))));
    assertThat(format("format: pkcs12, password_field: p").toString())
        .contains("Field[name=p]", "alias=latchkey");
  }

  @Test
  void aPairForLibpqIsASetOfItsOwn() {
    Delivery read =
        read(
            "{ path: /run/app/pg, secret: x, format: pg_service, service: orders,"
                + " options: { host: db, port: 5432 } }");
    assertThat(read.placement().kind()).isEqualTo(Placement.Kind.SET);
    assertThat(read.entries().getFirst().format())
        .isEqualTo(
            new PgServiceFormat(X, "orders", new TreeMap<>(Map.of("host", "db", "port", "5432"))));
    assertThat(format("format: pg_service"))
        .isEqualTo(new PgServiceFormat(X, "app", new TreeMap<>()));
  }

  @Test
  void theFilesOfASetAreReadAndOfSeveralSecretsAreJoined() {
    Delivery read =
        read(
            """
            { path: /run/app/tls, secret: x, set: {
                tls.crt: { format: pem, parts: [certificate, chain] },
                tls.key: { format: pem, parts: [key] },
                password: { secret: y, field: password, newline: true },
                env: { format: dotenv, fields: [a], prefix: P_ },
                store.p12: { format: pkcs12, certificate: c, chain: h, key: k, alias: a, password: p },
                other.p12: { format: pkcs12, password_field: f } } }
            """);
    assertThat(read.placement().kind()).isEqualTo(Placement.Kind.SET);
    assertThat(read.entries())
        .extracting(Delivery.Entry::file)
        .containsExactly("tls.crt", "tls.key", "password", "env", "store.p12", "other.p12");
    assertThat(read.entries().get(2).format())
        .isEqualTo(new RawFormat(new SecretName("y"), Optional.of("password"), true));
    assertThat(read.secrets()).containsExactlyInAnyOrder(X, new SecretName("y"));
    assertThat(read.pace().quiet()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aSecretUnderAMountMayBeWritten() {
    String text = "mounts: [ { prefix: app/ } ]\nfiles: { f: { path: /f/g, secret: app/x } }";
    assertThat(accepted(text).files()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ path: /f/g, secret: z } | files.app.secret: there is no secret \"z\" under secrets:",
        "{ path: /f/g, secret: xx } | did you mean \"x\"?",
        "{ path: /f/g } | files.app: the key \"secret\" is missing",
        "{ secret: x } | the key \"path\" is missing",
        "{ path: f, secret: x } | files.app.path: is not an absolute path",
        "{ path: /f/../g, secret: x } | must be the path of a file, without . and ..",
        "{ path: /, secret: x } | must be the path of a file",
        "{ path: /var/lib/latchkey/f, secret: x } | lies in agent.state_dir",
        "{ path: /f/g, secret: x, mode: '0644' } | files.app.mode: is wider than 0640",
        "{ path: /f/g, secret: x, mode: '0660', group: apps } | is wider than 0640",
        "{ path: /f/g, secret: x, mode: '0700' } | is wider than 0640",
        "{ path: /f/g, secret: x, mode: '0640' } | lets a group read, and none is named",
        "{ path: /f/g, secret: x, mode: '640' } | files.app.mode: is not",
        "{ path: /f/g, secret: x, group: nobodies } | there is no group \"nobodies\"",
        "{ path: /f/g, secret: x, group: of-a-service } | whether there is a group",
        "{ path: /f/g, secret: x, owner: nobody-here } | there is no user \"nobody-here\"",
        "{ path: /f/g, secret: x, on_exit: burn } | files.app.on_exit:",
        "{ path: /f/g, secret: x, settel: 3s } | unknown key; did you mean \"settle\"?",
        "{ path: /f/g, secret: x, prefix: A } | belongs to the format dotenv or properties",
        "{ path: /f/g, secret: x, format: dotenv, field: a } | belongs to the format raw",
        "{ path: /f/g, secret: x, format: yaml } | files.app.format:",
        "{ path: /f/g, secret: x, format: pkcs12 } | needs password or password_field",
        "{ path: /f/g, secret: x, format: pkcs12, password: a, password_field: b } | one of them",
        "{ path: /f/g, secret: x, format: pg_service, group: apps } | libpq takes no passfile then",
        "{ path: /f/g, secret: x, format: pg_service, options: { user: a } } | is no option",
        "{ path: /f/g, secret: x, format: pg_service, options: { host: ' a' } } | must be one line",
        "{ path: /f/g, secret: x, set: {} } | is empty; name at least one file",
        "{ path: /f/g, secret: x, format: json, set: { f: {} } } | belongs to the files of the set",
        "{ path: /f/g, secret: x, field: a, set: { f: {} } } | belongs to the files of the set",
        "{ path: /f/g, secret: x, set: { a/b: {} } } | is no plain name of a file",
        "{ path: /f/g, secret: x, set: { ..: {} } } | is no plain name of a file",
        "{ path: /f/g, set: { f: {} } } | the key \"secret\" is missing",
        "{ path: /f/g, secret: x, reload: {} } | takes signal and pid_file together",
        "{ path: /f/g, secret: x, reload: { signal: HUP } } | needs signal and pid_file together",
        "{ path: /f/g, secret: x, reload: { signal: KILL, pid_file: /p } } | reload.signal",
        "{ path: /f/g, secret: x, reload: { command: [nginx] } } | must begin with the absolute",
        "{ path: /f/g, secret: x, reload: { command: [/n], signal: HUP, pid_file: /p } }"
            + " | takes signal and pid_file together, or else command",
        "{ path: /f/g, secret: x, reload: { command: [/n], timeout: 0s } } | longer than nothing",
      })
  void whatIsWrongIsToldByItsPlace(String body, String problem) {
    assertThat(refused("secrets: { x: {}, y: {} }\nfiles:\n  app: " + body))
        .anySatisfy(told -> assertThat(told).startsWith("latchkey.yml:").contains(problem));
  }

  @Test
  void twoDeliveriesToOnePathOrInEachOtherAreRefused() {
    assertThat(
            refused(
                """
                secrets: { x: {} }
                files:
                  one: { path: /run/app/f, secret: x }
                  two: { path: /run/app/f, secret: x }
                  three: { path: /run/app, secret: x, set: { f: {} } }
                """))
        .containsExactly(
            "latchkey.yml:4: files.two.path: is that of files.one too; give each a path of its own",
            "latchkey.yml:5: files.three.path: and that of files.one lie in each other");
  }

  @Test
  void aNameOfADeliveryIsAWord() {
    assertThat(refused("secrets: { x: {} }\nfiles: { 'A b': { path: /f/g, secret: x } }"))
        .singleElement()
        .asString()
        .contains("must be called by lower-case letters");
  }

  @Test
  void anAdministratorIsTheRotationsAlone() {
    assertThat(
            refused(
                """
                targets: { db: { url: "jdbc:postgresql://h/orders", admin: admin } }
                secrets: { admin: {} }
                files: { f: { path: /f/g, secret: admin } }
                """))
        .singleElement()
        .asString()
        .contains("files.f.secret: is the administrator of the target db");
  }

  @Test
  void aPasswordOfAKeyStoreIsNotTold() {
    assertThat(read("{ path: /f/g, secret: x, format: pkcs12, password: marker-pw }").toString())
        .doesNotContain("marker-pw");
  }

  @Test
  void whatOnlyAMountMakesExistIsKeptWhenItIsWrittenIntoAFile() {
    var catalog =
        accepted("mounts: [ { prefix: \"\" } ]\nfiles: { app: { path: /run/app, secret: x } }")
            .catalog();
    assertThat(catalog.isDeclared(X)).isFalse();
    assertThat(catalog.isKept(X)).isTrue();
    assertThat(catalog.kept()).containsExactly(X);
    assertThat(catalog.isKept(new SecretName("y"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"quiet, 36500d", "settle, 61m", "timeout, 2h"})
  void nobodyWaitsLongerThanAnHour(String key, String span) {
    String keys =
        key.equals("timeout")
            ? "reload: { command: [ /bin/true ], timeout: " + span + " }"
            : key + ": " + span;
    assertThat(
            refused(
                "secrets: { x: {} }\nfiles: { app: { path: /run/app, secret: x, " + keys + " } }"))
        .anySatisfy(
            problem ->
                assertThat(problem.toString()).contains(key).contains("longer than an hour"));
  }
}
