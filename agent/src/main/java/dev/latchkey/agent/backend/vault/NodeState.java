package dev.latchkey.agent.backend.vault;

/** How one server was when it was last asked. */
public enum NodeState {
  /** Not asked yet. */
  UNKNOWN("was not asked yet"),
  /** Does its work. */
  ACTIVE("works"),
  /** Answers, but something before it keeps it from telling how it is. */
  ANSWERING("answers, but its health is not told; let sys/health through the gateway before it"),
  /** Leaves the work to another server of its cluster. */
  STANDBY("is on standby and names no active server; add the active server's address"),
  /** Holds its data locked. */
  SEALED("is sealed; unseal it"),
  /** Was never set up. */
  UNINITIALISED("is not initialised; initialise it"),
  /** Answers, but with faults. */
  FAILING("answers with errors; see its log"),
  /** No connection can be made. */
  UNREACHABLE("cannot be reached; check the address, the network and the certificates");

  private final String sentence;

  NodeState(String sentence) {
    this.sentence = sentence;
  }

  /** Completes the sentence that begins with the server's address. */
  String sentence() {
    return sentence;
  }

  /** What the status of {@code sys/health} says; a refusal is nobody's health. */
  static NodeState ofHealth(int status) {
    return switch (status) {
      case 200 -> ACTIVE;
      case 429, 472, 473 -> STANDBY;
      case 501 -> UNINITIALISED;
      case 503 -> SEALED;
      default -> status >= 400 && status < 500 ? ANSWERING : FAILING;
    };
  }
}
