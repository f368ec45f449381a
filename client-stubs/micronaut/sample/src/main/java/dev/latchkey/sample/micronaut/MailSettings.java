package dev.latchkey.sample.micronaut;

import io.micronaut.context.annotation.ConfigurationProperties;

/** The section {@code mail} of the configuration; set anew by Micronaut when a secret changes. */
@ConfigurationProperties("mail")
public class MailSettings {

  private String url = "";
  private String username = "";
  private String password = "";

  /** Where to send mail. */
  public String getUrl() {
    return url;
  }

  /** Sets where to send mail. */
  public void setUrl(String url) {
    this.url = url;
  }

  /** As whom. */
  public String getUsername() {
    return username;
  }

  /** Sets as whom. */
  public void setUsername(String username) {
    this.username = username;
  }

  /** With which password. */
  public String getPassword() {
    return password;
  }

  /** Sets the password. */
  public void setPassword(String password) {
    this.password = password;
  }
}
