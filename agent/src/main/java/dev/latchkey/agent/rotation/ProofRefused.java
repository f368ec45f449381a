package dev.latchkey.agent.rotation;

/** The target refused the candidate's login. The message is safe. */
final class ProofRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ProofRefused(String why) {
    super(why);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
