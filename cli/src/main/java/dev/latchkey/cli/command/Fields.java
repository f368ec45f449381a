package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the fields of a new value from files and standard input. */
final class Fields {
  private final Map<String, ByteString> fields = new LinkedHashMap<>();
  private final Input input;
  private final boolean exact;
  private final boolean insecure;

  /**
   * Nothing collected yet.
   *
   * @param exact keep a line break at the end of a file or of standard input
   * @param insecure accept a value that stands on the command line itself
   */
  Fields(Input input, boolean exact, boolean insecure) {
    this.input = input;
    this.exact = exact;
    this.insecure = insecure;
  }

  /** Adds {@code field=@FILE}, {@code field=-} or, where accepted, {@code field=value}. */
  Fields assignments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw CommandFailure.usage(
            "an argument is not of the form field=@FILE or field=-", Put.HOW_TO_GIVE_VALUES);
      }
      add(argument.substring(0, equals), value(argument, equals + 1));
    }
    return this;
  }

  /** Adds the lines {@code field=value} of a file, or of standard input when it is {@code -}. */
  Fields lines(String file) {
    byte[] bytes = "-".equals(file) ? input.all() : input.file(file);
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n", -1)) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        line(line, number);
      }
    }
    return this;
  }

  /** The fields; refused when there are none. */
  Map<String, ByteString> collected() {
    if (fields.isEmpty()) {
      throw CommandFailure.usage("no field was given", Put.HOW_TO_GIVE_VALUES);
    }
    return fields;
  }

  private void line(String line, int number) {
    int equals = line.indexOf('=');
    if (equals < 1) {
      throw CommandFailure.usage("line " + number + " is not of the form field=value", "");
    }
    add(line.substring(0, equals), ByteString.copyFromUtf8(line.substring(equals + 1)));
  }

  private ByteString value(String argument, int start) {
    String given = argument.substring(start);
    if ("-".equals(given)) {
      return bytes(input.all());
    }
    if (given.startsWith("@")) {
      return bytes(input.file(given.substring(1)));
    }
    if (!insecure) {
      throw CommandFailure.usage(
          "the value of field '"
              + argument.substring(0, start - 1)
              + "' stands on the command line"
              + ", where every user of this machine can see it",
          Put.HOW_TO_GIVE_VALUES);
    }
    return ByteString.copyFromUtf8(given);
  }

  private ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(exact ? bytes : Input.withoutLineBreak(bytes));
  }

  private void add(String field, ByteString value) {
    if (fields.put(field, value) != null) {
      throw CommandFailure.usage("field '" + field + "' is given twice", "");
    }
  }
}
