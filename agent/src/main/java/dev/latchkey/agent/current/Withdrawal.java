package dev.latchkey.agent.current;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;

/**
 * What an operator did to versions at the backend, for what is kept of them here.
 *
 * @param operation the word for the audit: {@code delete}, {@code undelete} or {@code destroy};
 *     with {@code .unanswered} after it where the backend's answer was lost
 * @param versions the backend's own texts; empty where it keeps one value and no versions
 * @param takesAway whether the versions cannot be read any more
 * @param takesNewest whether the newest one was among them, so that nothing is current
 * @param asked the request in words, by which a repeat is told from another request
 * @param requestId makes a repeat known; empty for none
 * @param actor who asked, for the audit
 * @param traceId the caller's W3C trace id; empty for none
 */
public record Withdrawal(
    SecretName name,
    String operation,
    List<String> versions,
    boolean takesAway,
    boolean takesNewest,
    String asked,
    String requestId,
    String actor,
    String traceId) {

  public Withdrawal {
    versions = List.copyOf(versions);
  }
}
