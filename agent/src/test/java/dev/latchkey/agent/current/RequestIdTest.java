package dev.latchkey.agent.current;

import static dev.latchkey.agent.current.CurrentFixture.KEPT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RequestIdTest {

  private final CurrentFixture f = new CurrentFixture();

  private Published publish(SecretName name, String value) {
    Change plain = f.change(name, value);
    return f.current.publish(
        new Change(
            name,
            plain.content(),
            plain.lifetime(),
            "",
            plain.issuedAt(),
            Optional.empty(),
            0,
            plain.cause(),
            OptionalLong.empty(),
            "request-1",
            "uid 0",
            ""),
        Alongside.NOTHING);
  }

  private void assertConflict(SecretName name, String value) {
    assertThatThrownBy(() -> publish(name, value))
        .isInstanceOfSatisfying(
            SecretException.class,
            lost -> {
              assertThat(lost.reason()).isEqualTo(Reason.CONFLICT);
              assertThat(lost.safeMessage()).contains("request id");
            });
  }

  @Test
  void anIdThatWasUsedForAnotherSecretOrValueIsAConflictAndLosesNothing() {
    SecretName other = new SecretName("app/other");
    assertThat(publish(KEPT, "a").changed()).isTrue();

    assertConflict(other, "a");
    assertConflict(KEPT, "b");

    assertThat(f.current.peek(other)).isEmpty();
    assertThat(f.audited).hasSize(1);
    assertThat(publish(KEPT, "a").changed()).isFalse();
  }
}
