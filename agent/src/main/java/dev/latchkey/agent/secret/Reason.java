package dev.latchkey.agent.secret;

/** Why something asked of the agent could not be done; each has one gRPC status. */
public enum Reason {
  /** The request itself is wrong; the message names the field. */
  INVALID_REQUEST,
  /** The caller could not be attested. */
  UNKNOWN_CALLER,
  /** The policy does not allow it; the same whether the secret exists or not. */
  DENIED,
  /** No such secret, field, version or keyring, and the caller may know. */
  NOT_FOUND,
  /** The version was destroyed at the backend. */
  VERSION_DESTROYED,
  /** The lease ended and no successor could be had. */
  LEASE_EXPIRED,
  /** The backend refuses the agent itself. */
  BACKEND_REFUSED,
  /** The state does not allow it now, such as a rollback to a retired login. */
  NOT_POSSIBLE_NOW,
  /** A compare-and-set was lost. */
  CONFLICT,
  /** The backend, or the ciphertext's format, does not offer it. */
  UNSUPPORTED,
  /** A rate, size or queue limit; waiting helps. */
  LIMIT_EXCEEDED,
  /** The backend cannot be reached, or the agent is starting, and nothing usable is held. */
  UNAVAILABLE,
  /** Anything else; only a correlation id crosses the wire. */
  INTERNAL
}
