package dev.latchkey.cli.child;

import java.util.List;
import java.util.Map;

/**
 * What a child is begun with.
 *
 * @param versions which version of each secret is in it
 * @param environment the child's variables, each as {@code NAME=value}; never to be printed
 */
public record Delivery(Map<String, String> versions, List<byte[]> environment) {
  public Delivery {
    versions = Map.copyOf(versions);
    environment = List.copyOf(environment);
  }

  @Override
  public String toString() {
    return "Delivery[" + versions + ", redacted]";
  }
}
