package dev.latchkey.testing.vault;

import java.net.URI;

/**
 * What is needed of a server, whoever made it. It is initialised and unsealed when it is handed
 * out.
 */
public interface VaultServer extends AutoCloseable {

  /** Where it listens; the same after a restart. */
  URI address();

  /** Opens everything. */
  String rootToken();

  /** Locks its data until {@link #unseal}. */
  void seal();

  /** Opens its data. */
  void unseal();

  /** Ends the process. */
  void stop();

  /** Starts it again on the same storage and port, unsealed. */
  void start();

  /** Ends the process for good. */
  @Override
  void close();
}
