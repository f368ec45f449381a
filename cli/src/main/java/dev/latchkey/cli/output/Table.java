package dev.latchkey.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows of cells that are printed in aligned columns. Control characters in cells are escaped. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** A table; without titles it begins with its first row. */
  public Table(String... titles) {
    if (titles.length > 0) {
      rows.add(List.of(titles));
    }
  }

  /** Adds a row; an empty cell is shown as {@code -}. */
  public Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      String text = Characters.printable(String.valueOf(cell));
      row.add(text.isEmpty() ? "-" : text);
    }
    rows.add(row);
    return this;
  }

  /** Prints the rows, the last column unpadded. */
  public void print(PrintStream out) {
    int[] widths = widths();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        boolean last = i == row.size() - 1;
        String cell = row.get(i);
        line.append(cell).append(last ? "" : " ".repeat(widths[i] - cell.length()) + GAP);
      }
      out.println(line);
    }
  }

  private int[] widths() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }
}
