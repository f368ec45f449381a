package dev.latchkey.sample.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The section {@code mail} of the configuration as it was at the start.
 *
 * @param url where to send mail
 * @param username as whom
 * @param password with which password
 */
@ConfigurationProperties("mail")
public record MailSettings(String url, String username, String password) {

  /** Tells no password, which a record would. */
  @Override
  public String toString() {
    return "MailSettings[" + url + "]";
  }
}
