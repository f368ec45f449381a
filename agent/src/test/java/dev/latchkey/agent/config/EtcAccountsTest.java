package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcAccountsTest {

  @TempDir Path etc;

  @Test
  void readsEveryNumberThatTheKernelHas() throws IOException {
    Files.writeString(
        etc.resolve("passwd"),
        """
        app-latchkey:x:1000:1000::/:/bin/false
        long-latchkey:x:1234567890:1::/:/bin/false
        longest-latchkey:x:4294967294:1::/:/bin/false
        none-latchkey:x:4294967295:1::/:/bin/false
        word-latchkey:x:many:1::/:/bin/false
        """);
    EtcAccounts accounts = new EtcAccounts(etc);
    assertThat(accounts.uid("app-latchkey")).hasValue(1000);
    assertThat(accounts.uid("long-latchkey")).hasValue(1234567890);
    assertThat(accounts.uid("longest-latchkey")).isEqualTo(OptionalInt.of((int) 4294967294L));
    assertThat(accounts.uid("none-latchkey")).isEmpty();
    assertThat(accounts.uid("word-latchkey")).isEmpty();
  }
}
