package dev.latchkey.demo.application;

/** Opens the pool that the application was told to use. */
final class Pools {
  private Pools() {}

  static Pool open(ApplicationOptions options) {
    throw new IllegalStateException();
  }
}
