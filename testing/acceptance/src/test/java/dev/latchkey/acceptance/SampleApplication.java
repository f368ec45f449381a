package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A sample application of the framework modules, as a process of its own. */
final class SampleApplication implements AutoCloseable {

  private static final Pattern LISTENING = Pattern.compile("listening on (\\d+)");

  private final Process process;
  private final Path log;

  /** Which sample. */
  enum Framework {
    MICRONAUT,
    SPRING;

    String directory() {
      return "client-stubs/" + this + "/sample";
    }

    private String classPath() {
      Path target = Installation.root().resolve(directory()).resolve("target");
      try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
        List<String> entries = new ArrayList<>();
        entries.add(target.resolve("latchkey-" + this + "-sample.jar").toString());
        jars.map(Path::toString).sorted().forEach(entries::add);
        return String.join(File.pathSeparator, entries);
      } catch (IOException e) {
        throw new UncheckedIOException(directory() + " is not packaged: run mvn verify", e);
      }
    }

    /** As its directory and package are called. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private SampleApplication(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts it with that socket in its environment and properties as {@code -D} of the JVM. */
  static SampleApplication start(
      Framework framework, Path log, Path socket, Map<String, String> properties) {
    List<String> command = new ArrayList<>();
    command.add(Installation.java());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(
        List.of("-cp", framework.classPath(), "dev.latchkey.sample." + framework + ".Main"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().put("LATCHKEY_SOCKET", socket.toString());
    try {
      return new SampleApplication(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything that it printed. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it serves its page. */
  void awaitListening() {
    await("the application to listen")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("the application ended at its start:\n" + log());
              }
              return LISTENING.matcher(log()).find();
            });
  }

  /** The page that it serves now. */
  String page() throws IOException, InterruptedException {
    Matcher port = LISTENING.matcher(log());
    if (!port.find()) {
      throw new AssertionError("the application does not listen:\n" + log());
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port.group(1) + "/");
      return http.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  /** Asks it to end, which it does by itself when {@code asked} is false. */
  int end(boolean asked) {
    if (asked) {
      process.destroy();
    }
    await("the application to end").atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive());
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
