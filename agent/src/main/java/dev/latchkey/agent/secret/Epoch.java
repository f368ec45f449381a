package dev.latchkey.agent.secret;

/**
 * The random lineage id of a state store: new when the store is created and when it is restored.
 */
public record Epoch(String id) {

  public Epoch {
    if (id.isBlank()) {
      throw new IllegalArgumentException("an epoch has an id");
    }
  }
}
