package dev.latchkey.micronaut;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.concurrent.atomic.AtomicReference;

/** Settings that let a test act in the middle of being set. */
@ConfigurationProperties("gated")
public class GatedSettings {

  static final AtomicReference<Runnable> BEFORE_SET = new AtomicReference<>(() -> {});
  private String password = "";

  /** The password. */
  public String getPassword() {
    return password;
  }

  /** Sets the password. */
  public void setPassword(String password) {
    BEFORE_SET.getAndSet(() -> {}).run();
    this.password = password;
  }
}
