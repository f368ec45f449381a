package dev.latchkey.agent.target.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.secret.SecretValue;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;

final class ScramVerifierTest {

  /** The keys behind the exchange that RFC 7677 prints: user "user", password "pencil". */
  @Test
  void agreesWithTheExampleOfRfc7677() {
    String verifier =
        ScramVerifier.of(
            SecretValue.ofText("pencil"),
            Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
            4096);

    assertThat(verifier)
        .isEqualTo(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
                + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  }

  @Test
  void neverMakesTheSameVerifierTwice() {
    SecureRandom random = new SecureRandom();
    SecretValue password = SecretValue.ofText("pencil");

    assertThat(ScramVerifier.of(password, random)).isNotEqualTo(ScramVerifier.of(password, random));
  }

  @Test
  void refusesWhatSaslprepWouldChange() {
    assertThatThrownBy(() -> ScramVerifier.of(SecretValue.ofText("I\u00adX"), new SecureRandom()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("IX");
    assertThatThrownBy(() -> ScramVerifier.of(SecretValue.ofText(""), new SecureRandom()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
