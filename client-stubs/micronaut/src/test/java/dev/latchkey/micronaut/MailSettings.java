package dev.latchkey.micronaut;

import io.micronaut.context.annotation.ConfigurationProperties;

/** Settings that Micronaut sets by their setters. */
@ConfigurationProperties("mail")
public class MailSettings {

  private String password = "";

  /** The password. */
  public String getPassword() {
    return password;
  }

  /** Sets the password. */
  public void setPassword(String password) {
    this.password = password;
  }
}
