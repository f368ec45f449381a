package dev.latchkey.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.client.LatchkeyException.Reason;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailuresTest {

  @Test
  void aConnectionThatEndsAsACallIsWrittenToItIsAnAgentThatIsAway() {
    Status cut =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    LatchkeyException failure = Failures.from(cut.asRuntimeException());
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContainingAll("cannot be reached", "channel closed");
    assertThat(Failures.from(Status.UNKNOWN.asRuntimeException()).reason())
        .isEqualTo(Reason.INTERNAL);
  }
}
