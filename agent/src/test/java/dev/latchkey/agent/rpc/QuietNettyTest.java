package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.latchkey.agent.Warns;
import dev.latchkey.v1.GetSecretRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLogger;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** With every logger asked for everything, no frame and no value is printed. */
class QuietNettyTest {

  private static final String MARKER = "marker-4f1c9a";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final java.util.logging.Logger jdkRoot = LogManager.getLogManager().getLogger("");
  private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
  private final Queue<String> jdkSeen = new ConcurrentLinkedQueue<>();
  private final Handler jdkHandler =
      new ConsoleHandler() {
        @Override
        public void publish(LogRecord record) {
          jdkSeen.add(String.valueOf(record.getMessage()));
        }
      };
  private Level before = Level.INFO;
  private java.util.logging.Level jdkBefore = java.util.logging.Level.INFO;

  @TempDir private Path directory;

  @BeforeEach
  void askForEverything() {
    before = root.getLevel();
    jdkBefore = jdkRoot.getLevel();
    root.setLevel(Level.TRACE);
    jdkRoot.setLevel(java.util.logging.Level.ALL);
    jdkHandler.setLevel(java.util.logging.Level.ALL);
    jdkRoot.addHandler(jdkHandler);
    seen.start();
    root.addAppender(seen);
  }

  @AfterEach
  void putBack() {
    root.detachAppender(seen);
    root.setLevel(before);
    jdkRoot.removeHandler(jdkHandler);
    jdkRoot.setLevel(jdkBefore);
  }

  @Test
  void noFrameIsLogged() throws InterruptedException {
    try (ServedAgent agent = new ServedAgent(directory)) {
      agent.current.put(FakeCurrent.state("a", 1, Map.of("v", MARKER)));
      assertThat(
              agent
                  .client()
                  .getSecret(GetSecretRequest.newBuilder().setName("a").build())
                  .getCredential()
                  .getFieldsOrThrow("v")
                  .toStringUtf8())
          .isEqualTo(MARKER);
    }
    String hexOfMarker = HexFormat.of().formatHex(MARKER.getBytes(StandardCharsets.UTF_8));
    assertThat(seen.list)
        .noneMatch(event -> event.getFormattedMessage().contains(MARKER))
        .noneMatch(event -> event.getFormattedMessage().contains(hexOfMarker))
        .noneMatch(
            event ->
                event.getLoggerName().startsWith("io.grpc.netty.shaded.io")
                    && event.getLevel().isGreaterOrEqual(Level.TRACE)
                    && !event.getLevel().isGreaterOrEqual(Level.INFO));
    assertThat(seen.list)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEmpty();
    assertThat(jdkSeen)
        .noneMatch(message -> message.contains(MARKER) || message.contains(hexOfMarker));
  }

  @Test
  void aCallerThatGoesAwayIsNoWarningAndOneThatBreaksTheProtocolIs() {
    QuietNetty.install();
    java.util.logging.Logger handler =
        java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");
    for (Http2Error error : new Http2Error[] {Http2Error.STREAM_CLOSED, Http2Error.CANCEL}) {
      handler.log(
          java.util.logging.Level.WARNING,
          "Stream Error",
          Http2Exception.streamError(1, error, "stream %d", 1));
    }
    handler.warning("something else");
    assertThat(jdkSeen).containsExactly("Stream Error", "something else");
  }

  @Test
  @Warns("but this")
  void warningsStillCome() {
    QuietNetty.install();
    InternalLogger logger = InternalLoggerFactory.getInstance("latchkey.test.netty");
    logger.debug("not this");
    logger.warn("but {}", "this");
    assertThat(logger.isDebugEnabled()).isFalse();
    assertThat(seen.list)
        .filteredOn(event -> event.getLoggerName().equals("latchkey.test.netty"))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("but this");
  }
}
