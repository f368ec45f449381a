package dev.latchkey.micronaut;

import io.micronaut.context.annotation.EachProperty;
import java.util.concurrent.atomic.AtomicInteger;

/** Settings of which there is one for each name. */
@EachProperty("databases")
public class EachSettings {

  final AtomicInteger sets = new AtomicInteger();
  private String password = "";

  /** The password. */
  public String getPassword() {
    return password;
  }

  /** Sets the password. */
  public void setPassword(String password) {
    sets.incrementAndGet();
    this.password = password;
  }
}
