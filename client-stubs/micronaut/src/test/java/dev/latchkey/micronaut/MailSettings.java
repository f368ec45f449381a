package dev.latchkey.micronaut;

import io.micronaut.context.annotation.ConfigurationProperties;

/** Settings that Micronaut sets by their setters. */
@ConfigurationProperties("mail")
public class MailSettings {

  private String password = "";
  private String sender = "";

  /** The password. */
  public String getPassword() {
    return password;
  }

  /** Sets the password. */
  public void setPassword(String password) {
    this.password = password;
  }

  /** Whose name is under a mail. */
  public String getSender() {
    return sender;
  }

  /** Sets whose name is under a mail. */
  public void setSender(String sender) {
    this.sender = sender;
  }
}
