package dev.latchkey.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.machine.Accounts;
import dev.latchkey.agent.machine.AccountsFailed;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads texts as configurations, on a machine with one user, one group and a few variables. */
final class ConfigTexts {

  private ConfigTexts() {}

  static final Accounts ACCOUNTS =
      new Accounts() {
        @Override
        public OptionalInt uid(String user) {
          return user.equals("app") ? OptionalInt.of(1001) : OptionalInt.empty();
        }

        @Override
        public OptionalInt gid(String group) {
          if (group.equals("of-a-service")) {
            throw new AccountsFailed("getent group of-a-service did not answer within 5.0 s");
          }
          return group.equals("apps") ? OptionalInt.of(1002) : OptionalInt.empty();
        }
      };

  static Loaded parse(String text) {
    return new ConfigLoader(
            Map.of(
                "PORT", "9000", "RATIO", "0.5", "YEAR", "2024", "WORD", "true", "ID", "4294967294"),
            ACCOUNTS,
            target -> {})
        .parse("latchkey.yml", text, false);
  }

  static Loaded.Refused refusal(String text) {
    Loaded loaded = parse(text);
    assertThat(loaded).isInstanceOf(Loaded.Refused.class);
    return (Loaded.Refused) loaded;
  }

  static AgentConfig accepted(String text) {
    Loaded loaded = parse(text);
    assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
    return ((Loaded.Accepted) loaded).config();
  }

  static List<String> refused(String text) {
    return refusal(text).problems().stream().map(Problem::toString).toList();
  }
}
