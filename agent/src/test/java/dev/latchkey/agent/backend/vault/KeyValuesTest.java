package dev.latchkey.agent.backend.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import io.github.jopenlibs.vault.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What is said of answers, without a server. */
final class KeyValuesTest {

  @Test
  void whatNeverWasIsToBePutAndIsRotatedOnlyWhereItHasARotation() {
    SecretException missing =
        KeyValues.missing("kv/app", new Answer.Refused(404, new JsonObject()));

    assertThat(missing.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(missing.safeMessage())
        .isEqualTo(
            "kv/app has no such version; put it, or, where it has a rotation, latchkey rotate");
  }
}
