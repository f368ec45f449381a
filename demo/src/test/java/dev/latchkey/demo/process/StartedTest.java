package dev.latchkey.demo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartedTest {

  private final List<String> ended = new ArrayList<>();
  private final Started started = new Started();

  @Test
  void endsEverythingOnceInReverseOrder() {
    started.add(part("database"));
    started.add(part("agent"));
    started.add(part("application"));

    started.close();
    started.close();

    assertThat(ended).containsExactly("application", "agent", "database");
  }

  @Test
  void endsTheOthersWhenOneCannotBeEnded() {
    started.add(part("database"));
    started.add(
        () -> {
          throw new IllegalStateException("stuck");
        });

    started.close();

    assertThat(ended).containsExactly("database");
  }

  @Test
  void endsAtOnceWhatIsStartedWhileAllEnds() {
    started.close();

    assertThatIllegalStateException().isThrownBy(() -> started.add(part("late")));
    assertThat(ended).containsExactly("late");
  }

  private AutoCloseable part(String name) {
    return () -> ended.add(name);
  }
}
