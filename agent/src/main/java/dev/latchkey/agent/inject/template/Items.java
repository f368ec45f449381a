package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * What the block {@code each} goes through. Each item is made when its turn comes, so that a bound
 * on the turns is one on the memory too.
 */
final class Items implements Iterable<Items.Item> {

  private final int weight;
  private final Supplier<Iterator<Item>> items;

  private Items(int weight, Supplier<Iterator<Item>> items) {
    this.weight = weight;
    this.items = items;
  }

  /** One of them, under a key: the name of a field, or the number of a line. */
  record Item(Value key, Value value) {

    @Override
    public String toString() {
      return "[redacted]";
    }
  }

  /** The bytes that a loop over them takes while it is open, at most. */
  int weight() {
    return weight;
  }

  @Override
  public Iterator<Item> iterator() {
    return items.get();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }

  /** A single one, which is its own key. */
  static Items one(Value value) {
    return new Items(value.bytes().length, () -> List.of(new Item(value, value)).iterator());
  }

  /** The fields of a secret, with their names for keys. */
  static Items fields(SecretName secret, SecretContent content) {
    int greatest = content.fields().values().stream().mapToInt(SecretValue::length).max().orElse(0);
    return new Items(greatest, () -> new FieldsOf(secret, content.fields().entrySet().iterator()));
  }

  /**
   * The lines of a value, with their numbers from 1 for keys. A line ends with LF, CR or CRLF,
   * which do not belong to it; after the last end there is a line unless it is empty.
   */
  static Items lines(Value value) {
    value.mustBeText();
    return new Items(2 * value.bytes().length, () -> new LinesOf(value));
  }

  private record FieldsOf(SecretName secret, Iterator<Map.Entry<String, SecretValue>> fields)
      implements Iterator<Item> {

    @Override
    public boolean hasNext() {
      return fields.hasNext();
    }

    @Override
    public Item next() {
      Map.Entry<String, SecretValue> field = fields.next();
      return new Item(
          Value.ofText(field.getKey(), "the name of a field of secret \"" + secret + "\""),
          Value.ofField(secret, field.getKey(), field.getValue()));
    }

    @Override
    public String toString() {
      return "[redacted]";
    }
  }

  /** In UTF-8 the bytes of a line's end are nothing else. */
  private static final class LinesOf implements Iterator<Item> {

    private final Value value;
    private int begin;
    private int number;

    LinesOf(Value value) {
      this.value = value;
    }

    @Override
    public boolean hasNext() {
      return begin < value.bytes().length;
    }

    @Override
    public Item next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int end = begin;
      while (end < value.bytes().length && !isAt(end, '\n') && !isAt(end, '\r')) {
        end++;
      }
      byte[] line = Arrays.copyOfRange(value.bytes(), begin, end);
      begin = end + (isAt(end, '\r') && isAt(end + 1, '\n') ? 2 : 1);
      number++;
      return new Item(
          Value.ofText(String.valueOf(number), "the number of a line"),
          new Value(line, "a line of " + value.origin()));
    }

    private boolean isAt(int index, char character) {
      return index < value.bytes().length && value.bytes()[index] == character;
    }
  }
}
