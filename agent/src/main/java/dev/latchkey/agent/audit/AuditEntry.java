package dev.latchkey.agent.audit;

/**
 * A record in its place in the chain.
 *
 * @param sequence its place, from 1 without gaps
 * @param count how many equal decisions it stands for, at least 1
 */
public record AuditEntry(long sequence, AuditRecord record, long count) {}
