package dev.latchkey.agent.inject.template;

/** The bounds on the work of one pass over a template. */
final class Budget {

  /** How deep blocks may be nested. */
  static final int MAX_DEPTH = 64;

  /** How many turns all loops may take together. */
  static final int MAX_TURNS = 100_000;

  /** How many bytes all tags may yield together, written or not. */
  static final long MAX_YIELD = 64L * 1024 * 1024;

  /** How many bytes the loops that are open may go through, all together. */
  static final int MAX_OPEN = 4 * 1024 * 1024;

  private int depth;
  private int turns;
  private long open;
  private long spent;

  void enter() {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new Misuse("blocks are nested deeper than " + MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }

  void turn() {
    turns++;
    if (turns > MAX_TURNS) {
      throw new Misuse("loops take more than " + MAX_TURNS + " turns");
    }
  }

  /** A loop begins, over what takes so many bytes until it ends. */
  void open(int bytes) {
    open += bytes;
    if (open > MAX_OPEN) {
      throw new Misuse("open loops go through more than " + MAX_OPEN + " bytes");
    }
  }

  void close(int bytes) {
    open -= bytes;
  }

  void spend(int bytes) {
    spent += bytes;
    if (spent > MAX_YIELD) {
      throw new Misuse("tags yield more than " + MAX_YIELD + " bytes");
    }
  }
}
