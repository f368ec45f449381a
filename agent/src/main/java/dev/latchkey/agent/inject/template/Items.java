package dev.latchkey.agent.inject.template;

import java.util.ArrayList;
import java.util.List;

/** What the block {@code each} goes through. */
record Items(List<Item> items) {

  /** One of them, under a key: the name of a field, or the number of a line. */
  record Item(Value key, Value value) {

    @Override
    public String toString() {
      return "[redacted]";
    }
  }

  Items {
    items = List.copyOf(items);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }

  /**
   * The lines of a value, with their numbers from 1 for keys. A line ends with LF, CR or CRLF,
   * which do not belong to it; after the last end there is a line unless it is empty.
   */
  static Items lines(Value value) {
    List<Item> items = new ArrayList<>();
    for (String line : value.text().lines().toList()) {
      Value number = Value.ofText(String.valueOf(items.size() + 1), "the number of a line");
      items.add(new Item(number, Value.ofText(line, "a line of " + value.origin())));
    }
    return new Items(items);
  }
}
