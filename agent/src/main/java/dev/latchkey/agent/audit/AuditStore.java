package dev.latchkey.agent.audit;

import dev.latchkey.agent.store.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps the links of the chain and its sealed head. Called on the store's thread. */
public interface AuditStore {

  /** Keeps links after those there are. */
  void append(Transaction transaction, List<Link> links);

  /**
   * Hands each link from {@code fromSequence} on to {@code reader}, in order, at most {@code
   * limit}.
   */
  void read(Transaction transaction, long fromSequence, long limit, Consumer<Link> reader);

  /** The sealed head; empty before the chain is begun. */
  Optional<byte[]> head(Transaction transaction);

  /** Keeps the sealed head in place of the one before. */
  void keepHead(Transaction transaction, byte[] sealed);

  /**
   * One link as it is kept.
   *
   * @param sequence its place, from 1 without gaps
   * @param record the bytes that {@link AuditCodec} made of the entry
   * @param tag says that these bytes are the agent's, whatever their place
   * @param mac says that they follow the link before
   */
  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
  record Link(long sequence, byte[] record, byte[] tag, byte[] mac) {}
}
