package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Decision;
import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.time.TimeSource;
import java.util.function.Supplier;

/**
 * May they, and the record of it. Everything here is safe on the event loop.
 *
 * <p>A denial is one and the same for every name, asks no backend and no store, and is written
 * down. A target's administrator is denied to every caller, whatever the rules say.
 */
final class Gate {

  /** The whole of what a denied caller is told. */
  private static final String DENIED = "not allowed by the policy of this agent";

  private static final int LONGEST_AUDITED_NAME = 255;

  private final Catalog catalog;
  private final Supplier<Policy> policy;
  private final AuditLog audit;
  private final TimeSource time;

  Gate(Capabilities capabilities, TimeSource time) {
    this.catalog = capabilities.catalog();
    this.policy = capabilities.policy();
    this.audit = capabilities.audit();
    this.time = time;
  }

  /** Whether the caller may; writes nothing down. */
  boolean allows(Connection.Attested connection, Operation operation, SecretName name) {
    return allows(connection, operation, name.text()) && !catalog.isAdministrator(name);
  }

  private boolean allows(Connection.Attested connection, Operation operation, String subject) {
    return switch (policy.get().decide(connection.caller(), operation, subject)) {
      case Decision.Granted granted -> true;
      case Decision.Denied denied -> false;
    };
  }

  /** Reads a name and requires that the caller may; a refusal either way is written down. */
  SecretName require(Asked asked, Operation operation, String text) {
    SecretName name = name(asked, text);
    if (!allows(asked.connection, operation, name)) {
      throw denied(asked, text);
    }
    return name;
  }

  /** Requires that the caller may use a keyring. */
  void requireKeyring(Asked asked, Operation operation, String keyring) {
    if (!allows(asked.connection, operation, keyring)) {
      throw denied(asked, keyring);
    }
  }

  /** Writes the denial down and makes it. */
  SecretException denied(Asked asked, String text) {
    record(asked, text, 0, AuditRecord.Outcome.DENIED, "");
    return SecretException.of(Reason.DENIED, DENIED);
  }

  /**
   * Writes down that a value is about to be given.
   *
   * @throws SecretException LIMIT_EXCEEDED when it cannot be written, and then nothing may be given
   */
  void granted(Asked asked, String name, long version) {
    record(asked, name, version, AuditRecord.Outcome.GRANTED, "");
  }

  /** Writes down that an allowed call brought nothing. */
  void failed(Asked asked, String name, Throwable why) {
    Reason reason = why instanceof SecretException known ? known.reason() : Reason.INTERNAL;
    record(asked, name, 0, AuditRecord.Outcome.FAILED, reason.name());
  }

  /**
   * Writes down that a caller who is not attested was refused, before it is told.
   *
   * @param method the method that it called, without its service
   * @throws SecretException LIMIT_EXCEEDED when it cannot be written
   */
  void unattested(Connection.Refused connection, String method, String traceId) {
    audit.access(
        new AuditRecord(
            time.now(),
            connection.actor(),
            "unattested",
            "",
            0,
            AuditRecord.Outcome.DENIED,
            method,
            traceId));
  }

  private SecretName name(Asked asked, String text) {
    try {
      return new SecretName(text);
    } catch (SecretException invalid) {
      failed(asked, text, invalid);
      throw invalid;
    }
  }

  private void record(
      Asked asked, String name, long version, AuditRecord.Outcome outcome, String detail) {
    String cut =
        name.length() > LONGEST_AUDITED_NAME ? name.substring(0, LONGEST_AUDITED_NAME) : name;
    audit.access(
        new AuditRecord(
            time.now(),
            asked.connection.actor(),
            asked.operation,
            cut,
            version,
            outcome,
            detail,
            asked.traceId));
  }

  /**
   * Who asks for what.
   *
   * @param operation the word for it in the audit
   */
  record Asked(Connection.Attested connection, String operation, String traceId) {

    static Asked of(Answering<?> reply, String operation) {
      return new Asked(reply.connection(), operation, reply.traceId());
    }
  }
}
