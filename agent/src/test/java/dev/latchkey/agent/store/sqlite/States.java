package dev.latchkey.agent.store.sqlite;

import dev.latchkey.agent.secret.Cause;
import dev.latchkey.agent.secret.Epoch;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.secret.StateId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** States for tests. */
final class States {

  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  private States() {}

  static SecretState state(Epoch epoch, SecretName name, long version, String value) {
    return new SecretState(
        name,
        new StateId(epoch, version, version),
        Long.toString(version),
        new SecretContent(Map.of("value", SecretValue.ofText(value))),
        new Lifetime.Unleased(),
        NOW,
        NOW,
        Optional.empty(),
        0,
        Cause.PUT);
  }
}
