package dev.latchkey.demo.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApplicationOptionsTest {

  @Test
  void readsBackWhatItWrote() {
    ApplicationOptions options =
        new ApplicationOptions(
            Path.of("/run/agent.sock"),
            "orders-db",
            "jdbc:postgresql://127.0.0.1/orders",
            8,
            6,
            false);

    assertThat(ApplicationOptions.parse(options.arguments().toArray(String[]::new)))
        .isEqualTo(options);
  }

  @Test
  void refusesToGuess() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApplicationOptions.parse(new String[] {"/run/agent.sock"}));
  }
}
