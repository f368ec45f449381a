package dev.latchkey.spring;

import dev.latchkey.client.LatchkeyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/**
 * Lets Spring Boot say why a secret keeps the application from starting, instead of a stack trace.
 * Found by Spring Boot in {@code spring.factories}.
 */
public final class LatchkeyFailureAnalyzer extends AbstractFailureAnalyzer<LatchkeyException>
    implements Ordered {

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  protected FailureAnalysis analyze(Throwable failure, LatchkeyException cause) {
    String said = String.valueOf(cause.getMessage());
    return new FailureAnalysis(said, action(cause.reason()), cause);
  }

  private static String action(LatchkeyException.Reason reason) {
    return switch (reason) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          "Start the agent, or name its socket in latchkey.socket or LATCHKEY_SOCKET.";
      case DENIED, UNKNOWN_CALLER -> "Let the agent's policies grant read and watch.";
      case NOT_FOUND -> "Write the secret or the field, or correct the placeholder.";
      default -> "See what Latchkey said above.";
    };
  }
}
