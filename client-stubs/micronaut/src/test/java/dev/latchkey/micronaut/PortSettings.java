package dev.latchkey.micronaut;

import io.micronaut.context.annotation.ConfigurationProperties;

/** Settings that not every text can become. */
@ConfigurationProperties("early")
public class PortSettings {

  private int port;

  /** The port. */
  public int getPort() {
    return port;
  }

  /** Sets the port. */
  public void setPort(int port) {
    this.port = port;
  }
}
