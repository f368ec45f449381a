package dev.latchkey.agent.rpc;

import dev.latchkey.agent.secret.SecretException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a failure came from, as types and places; of messages only those known to be safe. */
final class Trail {

  private static final int CAUSES = 5;
  private static final int FRAMES = 12;

  private Trail() {}

  static String of(Throwable failure) {
    StringBuilder text = new StringBuilder(256);
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < CAUSES; depth++) {
      text.append(depth == 0 ? "" : " caused by ").append(link(at));
      at = at.getCause();
    }
    return text.toString();
  }

  private static String link(Throwable failure) {
    String said =
        failure instanceof SecretException safe
            ? " (" + safe.reason() + ": " + safe.safeMessage() + ")"
            : "";
    return failure.getClass().getName()
        + said
        + Arrays.stream(failure.getStackTrace())
            .limit(FRAMES)
            .map(StackTraceElement::toString)
            .collect(Collectors.joining(" < ", " at ", ""));
  }
}
