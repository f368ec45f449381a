package dev.latchkey.agent.access;

import dev.latchkey.agent.caller.Caller;
import java.util.List;

/**
 * Who may do what. An immutable snapshot, safe to ask on the event loop; what no rule grants is
 * denied.
 */
public interface Policy {

  /**
   * Decides.
   *
   * @param subject the name of the secret, or of the keyring for ENCRYPT and DECRYPT; need not
   *     exist
   */
  Decision decide(Caller caller, Operation operation, String subject);

  /** The rules that speak of {@code subject}, in the order of the configuration. */
  List<Rule> rulesFor(String subject);

  /** One rule in words. */
  record Rule(String callers, String subjects, List<String> operations) {

    public Rule {
      operations = List.copyOf(operations);
    }
  }
}
