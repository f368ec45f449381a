package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx, which knows nothing of Latchkey, serves a certificate that is rotated under load, as
 * {@code docs/delivery.md} shows.
 */
class DeliveredToNginxTest {

  private static final int ROTATIONS = Boolean.getBoolean("latchkey.soak") ? 50 : 5;
  private static final int AT_ONCE = 3;
  private static final int CLIENTS = 2;
  private static final int ENOUGH = 20;

  @TempDir Path directory;
  private MemoryPlace place;
  private Page page;

  @BeforeEach
  void readThePage() throws Exception {
    Programs.require("nginx", "nginx");
    place = MemoryPlace.make();
    page = Page.section("docs/delivery.md", "Files in the configuration");
  }

  @AfterEach
  void clear() throws Exception {
    place.close();
  }

  private Path crt() {
    return place.path().resolve("shop-tls/tls.crt");
  }

  private Path key() {
    return place.path().resolve("shop-tls/tls.key");
  }

  private Nginx nginx() throws Exception {
    return Nginx.start(directory, place.here(page.block("nginx", "ssl_certificate")));
  }

  private RunningAgent agent() throws Exception {
    String body =
        place
            .here(page.block("yaml", "signal: HUP"))
            .replace("/run/nginx.pid", Nginx.pidFile(directory).toString())
            .replace("www-data", Nginx.ownGroup());
    return RunningAgent.start(
        directory.resolve("agent"), RunningAgent.Setup.of(body + "    settle: 500ms\n"));
  }

  @Test
  void noHandshakeFailsWhileTheCertificateRotates() throws Exception {
    List<MadeCertificate> made = new ArrayList<>();
    for (int i = 0; i <= ROTATIONS + AT_ONCE; i++) {
      made.add(MadeCertificate.make(directory));
    }
    Timeline timeline = new Timeline(made);
    try (RunningAgent agent = agent();
        Operator operator = new Operator(agent)) {
      timeline.next(first -> put(agent, first));
      await("the first files").atMost(Duration.ofSeconds(30)).until(() -> Files.exists(key()));
      try (Nginx nginx = nginx();
          TlsClients clients = new TlsClients(nginx.port(), CLIENTS)) {
        clients.awaitMore(ENOUGH);
        for (int i = 0; i < ROTATIONS; i++) {
          Set<Long> workers = nginx.workers();
          timeline.next(next -> put(operator, next));
          nginx.awaitOthersThan(workers);
          timeline.settled();
          clients.awaitMore(ENOUGH);
        }
        assertThat(nginx.reloads()).isEqualTo(ROTATIONS);
        for (int i = 0; i < AT_ONCE; i++) {
          timeline.next(next -> put(operator, next));
        }
        awaitShown(clients, made.getLast());
        clients.close();
        assertThat(clients.failures()).isEmpty();
        timeline.assertHolds(clients.handshakes());
        assertThat(nginx.errors()).doesNotContain("[emerg]", "[alert]", "[crit]", "[error]");
        System.out.printf(
            "nginx: %d handshakes over %d reloads%n", clients.handshakes().size(), nginx.reloads());
      }
    }
  }

  /** The control: the same server under the same load, by a writer that does one file at a time. */
  @Test
  void aCertificateWrittenBeforeItsKeyFailsReloadsAndStarts() throws Exception {
    MadeCertificate first = MadeCertificate.make(directory);
    MadeCertificate next = MadeCertificate.make(directory);
    Files.createDirectories(key().getParent());
    Files.writeString(crt(), first.certificate());
    Files.writeString(key(), first.key());
    try (Nginx nginx = nginx();
        TlsClients clients = new TlsClients(nginx.port(), CLIENTS)) {
      clients.awaitMore(ENOUGH);
      Files.writeString(crt(), next.certificate());
      nginx.hangUp();
      await("the reload to be refused")
          .atMost(Duration.ofSeconds(30))
          .until(() -> nginx.errors().contains("key values mismatch"));
      clients.awaitMore(ENOUGH);
      assertThat(clients.handshakes())
          .as("the new certificate is not served")
          .allMatch(made -> made.serial().equals(first.serial()));
      assertThat(clients.failures()).as("it served until here").isEmpty();
      assertThat(nginx.restart()).as("an upgrade in the meantime").isFalse();
      // The restart itself fails some; these come after it.
      int whileItEnded = clients.failures().size();
      await("clients to fail")
          .atMost(Duration.ofSeconds(30))
          .until(() -> clients.failures().size() > whileItEnded + CLIENTS);
      Files.writeString(key(), next.key());
      assertThat(nginx.restart()).isTrue();
      clients.awaitMore(ENOUGH);
      assertThat(clients.lastSerial()).isEqualTo(next.serial());
    }
  }

  private static void put(RunningAgent agent, MadeCertificate made) {
    try {
      Path certificate = Files.writeString(agent.home().resolve("put.crt"), made.certificate());
      Path key = Files.writeString(agent.home().resolve("put.key"), made.key());
      agent.cli().run("put", "shop-tls", "certificate=@" + certificate, "private_key=@" + key).ok();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(Operator operator, MadeCertificate made) {
    operator.put("shop-tls", Map.of("certificate", made.certificate(), "private_key", made.key()));
  }

  private static void awaitShown(TlsClients clients, MadeCertificate last) {
    await("the last certificate to be served")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> clients.lastSerial().equals(last.serial()));
  }

  /** When which certificate was put, and when nothing older was served any more. */
  private static final class Timeline {
    private final List<MadeCertificate> made;
    private final List<Long> putAt = new ArrayList<>();
    private final List<Long> settledAt = new ArrayList<>();

    Timeline(List<MadeCertificate> made) {
      this.made = made;
    }

    /** The moment is noted before it is put. */
    void next(Consumer<MadeCertificate> put) {
      MadeCertificate next = made.get(putAt.size());
      putAt.add(System.nanoTime());
      put.accept(next);
    }

    void settled() {
      settledAt.add(System.nanoTime());
    }

    /** Each handshake was shown a certificate of its time, and each certificate was shown. */
    void assertHolds(List<TlsClients.Handshake> handshakes) {
      List<BigInteger> serials = made.stream().map(MadeCertificate::serial).toList();
      Set<Integer> shown = new TreeSet<>();
      for (TlsClients.Handshake handshake : handshakes) {
        int turn = serials.indexOf(handshake.serial());
        int oldest = until(settledAt, handshake.begunAt());
        int newest = until(putAt, handshake.endedAt()) - 1;
        assertThat(turn).isBetween(oldest, newest);
        shown.add(turn);
      }
      assertThat(shown).containsAll(IntStream.rangeClosed(0, ROTATIONS).boxed().toList());
    }

    private static int until(List<Long> moments, long now) {
      return (int) moments.stream().filter(moment -> moment - now <= 0).count();
    }
  }
}
