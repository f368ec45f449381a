package dev.latchkey.agent;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks, after each test of the agent and after its own end, at what must always hold; see {@link
 * Aftermath}. Registered for the whole module; properties of jqwik do not run under it.
 */
public final class NothingLeftBehind implements BeforeEachCallback, AfterEachCallback {

  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(NothingLeftBehind.class);

  /** An executor that was shut down lets its thread end a moment later. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public void beforeEach(ExtensionContext test) {
    test.getStore(HERE).put(Aftermath.class, Aftermath.begin());
  }

  @Override
  public void afterEach(ExtensionContext test) {
    Aftermath aftermath = test.getStore(HERE).remove(Aftermath.class, Aftermath.class);
    aftermath.end();
    // Why a test failed says more than what it left behind.
    if (test.getExecutionException().isEmpty()) {
      aftermath.check(expected(test), PATIENCE);
    }
  }

  private static Set<String> expected(ExtensionContext test) {
    return Stream.of(test.getTestMethod(), test.getTestClass())
        .flatMap(Optional::stream)
        .map(element -> Optional.ofNullable(element.getAnnotation(Warns.class)))
        .flatMap(Optional::stream)
        .flatMap(warns -> Arrays.stream(warns.value()))
        .collect(Collectors.toSet());
  }
}
