package dev.latchkey.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real nginx on a free port of the loopback, with a directory and a configuration of its own. */
final class Nginx implements AutoCloseable {

  private final Path program = Programs.require("nginx", "nginx");
  private final Path directory;
  private final int port;
  private Process process;

  private Nginx(Path directory, String certificate) throws IOException {
    this.directory = directory;
    this.port = freePort();
    Files.writeString(directory.resolve("nginx.conf"), configuration(certificate));
    this.process = launch();
  }

  /**
   * Starts it in {@code directory}, which is there, and waits until it listens.
   *
   * @param certificate the lines of its configuration that name the certificate and the key
   */
  static Nginx start(Path directory, String certificate) throws IOException {
    Nginx nginx = new Nginx(directory, certificate);
    if (!nginx.awaitListening()) {
      throw new AssertionError("nginx did not start:\n" + nginx.errors());
    }
    return nginx;
  }

  /** Where an nginx in that directory writes its number. */
  static Path pidFile(Path directory) {
    return directory.resolve("nginx.pid");
  }

  private String configuration(String certificate) throws IOException {
    return """
    daemon off;
    worker_processes 2;
    %1$s
    pid %2$s;
    error_log %3$s/error.log notice;
    events { worker_connections 256; }
    http {
      access_log off;
      client_body_temp_path %3$s/body;
      proxy_temp_path %3$s/proxy;
      fastcgi_temp_path %3$s/fastcgi;
      uwsgi_temp_path %3$s/uwsgi;
      scgi_temp_path %3$s/scgi;
      server {
        listen 127.0.0.1:%4$d ssl;
        %5$s
        location / { return 200 "served"; }
      }
    }
    """
        .formatted(worker(), pidFile(directory), directory, port, certificate);
  }

  /** The workers run as whoever runs the test; only root has to say so. */
  private static String worker() throws IOException {
    return Database.ownUid() == 0 ? "user root " + ownGroup() + ";" : "";
  }

  /** The group of whoever runs the test. */
  static String ownGroup() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "posix:group").toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            program.toString(), "-p", directory + "/", "-c", directory + "/nginx.conf")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("out").toFile()))
        .start();
  }

  /** Whether it listens in the end; else it ended. */
  private boolean awaitListening() {
    await("nginx to listen or to end")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || accepts());
    return process.isAlive();
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Ends it and starts it again, as an upgrade does; answers whether it listens again. */
  boolean restart() throws IOException, InterruptedException {
    close();
    process = launch();
    return awaitListening();
  }

  int port() {
    return port;
  }

  /** What it complained of, and its notices. */
  String errors() {
    try {
      Path log = directory.resolve("error.log");
      return Files.readString(directory.resolve("out"))
          + (Files.exists(log) ? Files.readString(log) : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often it took up its configuration anew, or tried to. */
  long reloads() {
    return errors().lines().filter(line -> line.endsWith(", reconfiguring")).count();
  }

  /** Tells it to read its files again, as its own documentation says. */
  void hangUp() throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("nginx is not there any more");
    }
  }

  /** The processes that serve. */
  Set<Long> workers() {
    return process.children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  /** Waits until it is served by others than these alone, so that none of them accepts any more. */
  void awaitOthersThan(Set<Long> before) {
    await("the workers of before to end")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              Set<Long> now = workers();
              return !now.isEmpty() && now.stream().noneMatch(before::contains);
            });
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
