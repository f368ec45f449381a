package dev.latchkey.demo.vault;

import dev.latchkey.demo.process.Leash;
import dev.latchkey.testing.vault.VaultBinary;
import dev.latchkey.testing.vault.VaultServer;
import java.nio.file.Path;

/**
 * The process that keeps the demo's Vault: {@code Main BINARY DIRECTORY}.
 *
 * <p>Prints its address and its root token, a line each, once the server is unsealed, and stops the
 * server when its standard input ends.
 */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    VaultServer server = new VaultBinary(Path.of(args[0])).start(Path.of(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-vault"));
    System.out.println(server.address());
    System.out.println(server.rootToken());
    Leash.untilEnd(System.in);
  }
}
