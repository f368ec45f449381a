package dev.latchkey.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What to watch.
 *
 * @param names the secrets' names, at least 1 and at most 1000
 * @param held states that the application still holds from an earlier process, by name; usually
 *     empty
 * @param metadataOnly be told of changes without values
 * @param candidates be told of candidates that are announced and not current
 * @param acknowledges whether {@link Watch#acknowledge} will be called; otherwise the agent keeps
 *     the full overlap
 */
public record WatchRequest(
    List<String> names,
    Map<String, StateId> held,
    boolean metadataOnly,
    boolean candidates,
    boolean acknowledges) {

  /** Drops repeated names and copies what it is given. */
  public WatchRequest {
    names = List.copyOf(new LinkedHashSet<>(names));
    held = Map.copyOf(held);
    if (names.isEmpty() || names.size() > 1000) {
      throw new IllegalArgumentException("a watch is for 1 to 1000 secrets, not " + names.size());
    }
    if (!new ArrayList<>(names).containsAll(held.keySet())) {
      throw new IllegalArgumentException("held names a secret that is not watched");
    }
  }

  /** Watches the values of some secrets. */
  public static WatchRequest of(String... names) {
    return of(List.of(names));
  }

  /** Watches the values of some secrets. */
  public static WatchRequest of(Collection<String> names) {
    return new WatchRequest(List.copyOf(names), Map.of(), false, false, false);
  }

  /** The same, resuming from a state held of one of the secrets. */
  public WatchRequest holding(String name, StateId state) {
    Map<String, StateId> more = new LinkedHashMap<>(held);
    more.put(name, state);
    return new WatchRequest(names, more, metadataOnly, candidates, acknowledges);
  }

  /** The same, without values. */
  public WatchRequest withoutValues() {
    return new WatchRequest(names, held, true, candidates, acknowledges);
  }

  /** The same, with candidates. */
  public WatchRequest withCandidates() {
    return new WatchRequest(names, held, metadataOnly, true, acknowledges);
  }

  /** The same, but acknowledging. */
  public WatchRequest acknowledging() {
    return new WatchRequest(names, held, metadataOnly, candidates, true);
  }
}
