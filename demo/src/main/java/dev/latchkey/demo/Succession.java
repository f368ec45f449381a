package dev.latchkey.demo;

import dev.latchkey.demo.report.Round;
import java.sql.SQLException;
import java.util.function.Consumer;

/** How one login follows another. */
interface Succession {

  /**
   * Waits for the next login and until the one before it is retired, and tells what was found.
   *
   * @param number of this succession, from 1
   * @param step told of how far it is
   */
  Round next(int number, Consumer<String> step) throws InterruptedException, SQLException;
}
