package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.Certified;
import dev.latchkey.agent.inject.DotenvFormat;
import dev.latchkey.agent.inject.Fields;
import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.inject.Format;
import dev.latchkey.agent.inject.JsonFormat;
import dev.latchkey.agent.inject.PemFormat;
import dev.latchkey.agent.inject.PgServiceFormat;
import dev.latchkey.agent.inject.Pkcs12Format;
import dev.latchkey.agent.inject.Placement;
import dev.latchkey.agent.inject.PropertiesFormat;
import dev.latchkey.agent.inject.RawFormat;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.inject.Values;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a delivery of each format, combined files and a set of several, and changes each once. */
final class EveryFormat {

  /** How many deliveries there are. */
  static final int DELIVERIES = 9;

  /** How many files these are together. */
  static final int FILES = 7 + 2 + 5;

  private static final Certified CERTIFIED =
      new Certified(Deliveries.SECRET, "certificate", "ca_chain", "private_key");
  private static final Fields LOGIN =
      new Fields(Deliveries.SECRET, List.of("username", "password"), "");

  private static final Format RAW = new RawFormat(Deliveries.SECRET, Optional.of("password"), true);
  private static final Format TEMPLATE =
      new TemplateFormat(
          Template.compile(
              "app.conf", "{{secret \"a\" \"username\"}} {{shell (secret \"a\" \"password\")}}"));
  private static final Format CERTIFICATE = pem(PemFormat.Part.CERTIFICATE, PemFormat.Part.CHAIN);

  private EveryFormat() {}

  /**
   * Writes them.
   *
   * @param group of every second one
   * @param material where certificates and keys lie
   */
  static void write(Path directory, String group, Path material) throws IOException {
    for (Values values :
        List.of(values(material, "ec", "first"), values(material, "rsa", "second"))) {
      file(directory.resolve("token"), RAW, values);
      file(directory.resolve("env"), new DotenvFormat(LOGIN), values);
      shared(directory.resolve("login.json"), group, new JsonFormat(LOGIN), values);
      file(directory.resolve("login.properties"), new PropertiesFormat(LOGIN), values);
      shared(directory.resolve("combined.pem"), group, pem(PemFormat.Part.values()), values);
      file(
          directory.resolve("store.p12"),
          new Pkcs12Format(
              CERTIFIED, "web", new Pkcs12Format.Password.Given(SecretValue.ofText("of-a-test"))),
          values);
      file(directory.resolve("app.conf"), TEMPLATE, values);
      Deliveries.tree()
          .write(
              Deliveries.set(directory.resolve("pg")),
              new PgServiceFormat(Deliveries.SECRET, "orders", new TreeMap<>())
                  .render("pg", values));
      Deliveries.tree()
          .write(
              Deliveries.with(Deliveries.set(directory.resolve("several")), 0640, group),
              several(values));
    }
    System.out.println("done");
  }

  private static List<FileContent> several(Values values) {
    Map<String, Format> formats =
        new TreeMap<>(
            Map.of(
                "tls.crt", CERTIFICATE,
                "tls.key", pem(PemFormat.Part.KEY),
                "app.conf", TEMPLATE,
                "env", new DotenvFormat(LOGIN),
                "token", RAW));
    return formats.entrySet().stream()
        .flatMap(each -> each.getValue().render(each.getKey(), values).stream())
        .toList();
  }

  private static Format pem(PemFormat.Part... parts) {
    EnumSet<PemFormat.Part> chosen = EnumSet.noneOf(PemFormat.Part.class);
    chosen.addAll(List.of(parts));
    return new PemFormat(CERTIFIED, chosen);
  }

  private static void file(Path path, Format format, Values values) {
    write(Deliveries.file(path), format, values);
  }

  private static void shared(Path path, String group, Format format, Values values) {
    write(Deliveries.with(Deliveries.file(path), 0640, group), format, values);
  }

  private static void write(Placement placement, Format format, Values values) {
    Deliveries.tree().write(placement, format.render("file", values));
  }

  private static Values values(Path material, String leaf, String user) throws IOException {
    return Deliveries.values(
        Map.of(
            "username", SecretValue.ofText(user),
            "password", SecretValue.ofText("it's " + (user.equals("first") ? 1 : 2)),
            "certificate", field(material, leaf + ".certificate"),
            "private_key", field(material, leaf + ".private_key")));
  }

  private static SecretValue field(Path material, String name) throws IOException {
    return SecretValue.of(Files.readAllBytes(material.resolve(name)));
  }
}
