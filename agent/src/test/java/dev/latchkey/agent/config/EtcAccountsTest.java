package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.machine.AccountsFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcAccountsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path etc;

  private String script(String lines) throws IOException {
    Path script = Files.writeString(etc.resolve("getent"), "#!/bin/sh\n" + lines);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

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
    EtcAccounts accounts = new EtcAccounts(etc, "/no/getent", LONG);
    assertThat(accounts.uid("app-latchkey")).hasValue(1000);
    assertThat(accounts.uid("long-latchkey")).hasValue(1234567890);
    assertThat(accounts.uid("longest-latchkey")).isEqualTo(OptionalInt.of((int) 4294967294L));
    assertThat(accounts.uid("none-latchkey")).isEmpty();
    assertThat(accounts.uid("word-latchkey")).isEmpty();
  }

  @Test
  void readsAnEntryThatIsLargerThanAPipe() throws IOException {
    String getent =
        script(
            """
            m=member-
            for i in 1 2 3 4 5 6 7 8 9; do m=$m$m$m; done
            echo "$2:x:4711:$m"
            """);
    assertThat(new EtcAccounts(etc, getent, LONG).gid("large-latchkey")).hasValue(4711);
  }

  @Test
  void aServiceThatDoesNotAnswerIsNotWaitedForLongerThanItsTime() throws IOException {
    String getent = script("exec sleep 600\n");
    EtcAccounts accounts = new EtcAccounts(etc, getent, Duration.ofMillis(300));
    assertThatThrownBy(() -> accounts.gid("late-latchkey"))
        .isInstanceOf(AccountsFailed.class)
        .hasMessage("getent group late-latchkey did not answer within 0.3 s");
  }

  @Test
  void aServiceThatFailsIsNoWordThatThereIsNone() throws IOException {
    EtcAccounts failing = new EtcAccounts(etc, script("exit 3\n"), LONG);
    assertThatThrownBy(() -> failing.uid("any-latchkey"))
        .isInstanceOf(AccountsFailed.class)
        .hasMessage("getent passwd any-latchkey failed with code 3");
    assertThat(new EtcAccounts(etc, script("exit 2\n"), LONG).uid("no-latchkey")).isEmpty();
    assertThat(new EtcAccounts(etc, "/no/getent", LONG).uid("no-latchkey")).isEmpty();
  }
}
