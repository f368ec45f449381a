package dev.latchkey.agent.audit;

import dev.latchkey.agent.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The chain in memory, for tests; what a test changes here was changed behind the agent's back. */
public final class InMemoryAuditStore implements AuditStore {

  final TreeMap<Long, Link> rows = new TreeMap<>();
  byte @Nullable [] sealedHead;

  @Override
  public synchronized void append(Transaction transaction, List<Link> links) {
    links.forEach(link -> rows.put(link.sequence(), link));
  }

  @Override
  public synchronized void read(
      Transaction transaction, long fromSequence, long limit, Consumer<Link> reader) {
    List<Link> found = new ArrayList<>(rows.tailMap(fromSequence, true).values());
    found.stream().limit(limit).forEach(reader);
  }

  @Override
  public synchronized Optional<byte[]> head(Transaction transaction) {
    return Optional.ofNullable(sealedHead);
  }

  @Override
  public synchronized void keepHead(Transaction transaction, byte[] sealed) {
    sealedHead = sealed;
  }
}
