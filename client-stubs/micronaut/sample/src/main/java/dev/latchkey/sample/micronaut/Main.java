package dev.latchkey.sample.micronaut;

import io.micronaut.runtime.Micronaut;

/** Starts the application, which ends when its process is told to. */
public final class Main {

  private Main() {}

  /** Starts it; exits with a code other than 0 when a secret cannot be had. */
  public static void main(String[] arguments) {
    Micronaut.run(Main.class, arguments);
  }
}
