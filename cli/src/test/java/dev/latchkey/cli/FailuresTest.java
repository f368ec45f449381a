package dev.latchkey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.outcome.StatusFailures;
import io.grpc.Status;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is said in a sentence, with an exit code and without a stack trace. */
class FailuresTest {
  private static final Map<Status, Integer> CODES =
      Map.ofEntries(
          Map.entry(Status.INVALID_ARGUMENT, 2),
          Map.entry(Status.UNAUTHENTICATED, 3),
          Map.entry(Status.PERMISSION_DENIED, 3),
          Map.entry(Status.NOT_FOUND, 4),
          Map.entry(Status.UNAVAILABLE, 5),
          Map.entry(Status.RESOURCE_EXHAUSTED, 5),
          Map.entry(Status.ABORTED, 6),
          Map.entry(Status.FAILED_PRECONDITION, 7),
          Map.entry(Status.UNIMPLEMENTED, 7),
          Map.entry(Status.INTERNAL, 1));

  @TempDir Path directory;

  @Test
  void everyStatusOfTheContractHasItsExitCodeAndKeepsTheAgentsSentence() throws IOException {
    try (FakeAgent agent = new FakeAgent(directory.resolve("a.sock"))) {
      CODES.forEach(
          (status, code) -> {
            agent.refuses("GetSecret", status.withDescription("the agent's own words"));
            Run run = Run.of(agent, "get", "orders-db");
            assertThat(run.code()).as(status.toString()).isEqualTo(code);
            assertThat(run.err()).startsWith("latchkey get: ").contains("the agent's own words");
            assertThat(run.err()).doesNotContain("Exception", "\tat ");
            assertThat(run.out()).isEmpty();
          });
    }
  }

  @Test
  void aConnectionThatEndsAsACallIsWrittenToItIsAnAgentThatIsAway() {
    Status cut =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    CommandFailure failure = StatusFailures.of(cut, Path.of("a.sock"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(failure.mayPass()).isTrue();
    assertThat(StatusFailures.of(Status.UNKNOWN, Path.of("a.sock")).exitCode())
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatAStartingAgentRefusesMayPassAndWhatItsPolicyDeniesMayNot() {
    Path socket = Path.of("a.sock");
    Status closed = Status.UNAVAILABLE.withCause(new IOException("Permission denied: a.sock"));
    assertThat(StatusFailures.of(closed, socket).exitCode()).isEqualTo(ExitCode.DENIED);
    assertThat(StatusFailures.of(closed, socket).mayPass()).isTrue();
    assertThat(StatusFailures.of(Status.UNAVAILABLE, socket).mayPass()).isTrue();
    assertThat(StatusFailures.of(Status.ABORTED, socket).mayPass()).isTrue();
    for (Status lasting : List.of(Status.PERMISSION_DENIED, Status.UNAUTHENTICATED)) {
      assertThat(StatusFailures.of(lasting, socket).mayPass()).isFalse();
    }
  }

  @Test
  void withoutASocketItSaysHowToStartAnAgent() {
    Run run = Run.with(directory.resolve("none.sock"), new byte[0], "get", "orders-db");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("no agent", "none.sock", "latchkey agent --dev");
  }

  @Test
  void aSocketThatNobodyServesIsSaidToBeAbandoned() throws IOException {
    Path socket = directory.resolve("left.sock");
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(socket));
    }
    Run run = Run.with(socket, new byte[0], "status");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("no agent answers at " + socket, "latchkey agent");
  }

  @Test
  void anAgentThatDoesNotAnswerInTimeIsUnavailable() throws IOException {
    Path socket = directory.resolve("mute.sock");
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(socket));
      Run run = Run.with(socket, new byte[0], "get", "orders-db", "--timeout", "200ms");
      assertThat(run.code()).isEqualTo(5);
      assertThat(run.err()).contains("did not answer in time", "--timeout");
    }
  }

  @Test
  void wrongUsageNamesTheVerbsHelp() {
    Path nowhere = directory.resolve("none.sock");
    assertThat(Run.with(nowhere, new byte[0], "get").err()).contains("NAME", "latchkey get --help");
    assertThat(Run.with(nowhere, new byte[0], "get", "a", "--timeout", "soon").err())
        .contains("'soon' is no length of time");
    assertThat(Run.with(nowhere, new byte[0], "rotate", "a", "--plann").code()).isEqualTo(2);
  }

  @Test
  void anUnknownVerbNamesTheNearest() {
    Run run = Run.with(directory.resolve("none.sock"), new byte[0], "rotat", "x");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no verb 'rotat'", "'rotate'");
  }

  @Test
  void aWordThatIsFarFromEveryVerbIsNotGuessedAt() {
    Run run = Run.with(directory.resolve("none.sock"), new byte[0], "frobnicate");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no verb 'frobnicate'", "latchkey --help");
    assertThat(run.err()).doesNotContain("Did you mean");
  }

  @Test
  void execNamesTheSecretThatDidNotComeInTime() throws IOException {
    try (FakeAgent agent = new FakeAgent(directory.resolve("a.sock"))) {
      agent.refuses("BatchGetSecrets", Status.DEADLINE_EXCEEDED);
      Run run = Run.of(agent, "exec", "--secret", "orders-db", "--timeout", "300ms", "--", "true");
      assertThat(run.code()).isEqualTo(124);
      assertThat(run.err()).contains("still waiting for orders-db (the agent did not answer");
    }
  }
}
