package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is written where, as the configuration declares it. That it is declared is what allows it:
 * the operator names the secret and the place, and the place's mode says who may read.
 *
 * @param entries what is rendered; of a {@link Placement.Kind#FILE} exactly one
 * @param required whether the agent is not ready before it is written
 * @param onExit what becomes of it when the agent ends
 * @param onRevoked what becomes of it when one of its secrets is taken away
 */
public record Delivery(
    String name,
    Placement placement,
    List<Entry> entries,
    boolean required,
    Leaving onExit,
    Leaving onRevoked,
    Pace pace,
    Optional<Reload> reload) {

  public Delivery {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || (placement.kind() == Placement.Kind.FILE && entries.size() > 1)) {
      throw new IllegalArgumentException("a file has one content, a set at least one");
    }
  }

  /** Every secret that it depends on. */
  public Set<SecretName> secrets() {
    return entries.stream()
        .flatMap(entry -> entry.format().secrets().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The name under which it holds what it delivers, and does so in the audit. */
  public String actor() {
    return "file:" + name;
  }

  /**
   * One file.
   *
   * @param file its name in a set
   */
  public record Entry(String file, Format format) {}

  /** What becomes of a delivery that ends. */
  public enum Leaving {
    /** It stays as it is. */
    KEEP,
    /** Its files stay, empty. */
    BLANK,
    /** It goes. */
    REMOVE
  }

  /**
   * How changes are paced.
   *
   * @param quiet how long nothing more must have changed before a change is written, but for at
   *     most four times as long after the first
   * @param settle how long after a reload nothing is swapped, so that a program which opens path by
   *     path reads one version
   */
  public record Pace(Duration quiet, Duration settle) {}
}
