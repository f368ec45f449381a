package dev.latchkey.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import dev.latchkey.testing.vault.VaultServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A real Vault that keeps versions, and a token that may do with them what the documentation says
 * and no more.
 *
 * @param mount the path of its key-value engine, with a slash at the end
 * @param login the file of the agent's token
 */
record KeepingVault(VaultServer server, VaultAdmin admin, String mount, Path login)
    implements AutoCloseable {

  /** Starts one below {@code directory}. */
  static KeepingVault start(Path directory) throws IOException {
    VaultServer server = RealVault.start(directory.resolve("vault"));
    VaultAdmin admin = new VaultAdmin(server);
    String mount = admin.mountKeyValue(2);
    String token =
        admin.tokenWith(
            """
            path "%1$sdata/*" { capabilities = ["read", "create", "update", "delete"] }
            path "%1$smetadata/*" { capabilities = ["list", "read"] }
            path "%1$sdelete/*" { capabilities = ["update"] }
            path "%1$sundelete/*" { capabilities = ["update"] }
            path "%1$sdestroy/*" { capabilities = ["update"] }
            """
                .formatted(mount));
    Path login =
        Files.createFile(
            directory.resolve("token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new KeepingVault(server, admin, mount, Files.writeString(login, token));
  }

  /** The configuration of a database that rotates {@code orders-db}, which is kept here instead. */
  String keeping(String local) {
    String kept =
        local
            .replace(
                "orders-db:\n    backend: local\n",
                "orders-db:\n    backend: vault\n    path: " + mount + "orders/db\n")
            .replace("mounts: [ ", "mounts: [ { prefix: free/, backend: vault, path: @free/ }, ")
            .replace("@", mount)
            .replace("\"app/**\"", "\"app/**\", \"free/**\"");
    if (!kept.contains("orders/db") || !kept.contains("free/ }") || !kept.contains("free/**")) {
      throw new AssertionError("the configuration looks otherwise than was thought:\n" + local);
    }
    String vault =
        "{ type: vault, address: \"%s\", login: { type: token_file, file: \"%s\" } }"
            .formatted(server.address(), login);
    return "backends:\n  local: {}\n  vault: " + vault + "\n" + kept;
  }

  /** The newest version of {@code path}: {@code data} and {@code metadata}. */
  JsonNode newest(String path) {
    return Stage.json(admin.read(mount + "data/" + path).toString()).path("data");
  }

  @Override
  public void close() {
    admin.close();
    server.close();
  }
}
