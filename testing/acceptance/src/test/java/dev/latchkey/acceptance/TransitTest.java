package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.latchkey.testing.vault.FaultyProxy;
import dev.latchkey.testing.vault.RealVault;
import dev.latchkey.testing.vault.VaultAdmin;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A keyring whose keys stay in a real Vault, through the command line. */
class TransitTest {

  @TempDir Path directory;

  private static String configuration(String address, String token, String mount) {
    return """
    backends:
      vault: { type: vault, address: "%s", login: { type: token, token: "%s" } }
    keyrings:
      orders: { backend: vault, mount: %s }
      hidden: { backend: vault, mount: %3$s }
      own: {}
    policies:
      - callers: [ { uid: %d } ]
        keyrings: [ orders, own ]
        operations: [ encrypt, decrypt ]
    """
        .formatted(address, token, mount, Database.ownUid());
  }

  @Test
  void theVerbsWorkOnTheServersKeysAndAreAudited() throws Exception {
    try (VaultAdmin admin = new VaultAdmin(RealVault.shared());
        FaultyProxy proxy = new FaultyProxy(RealVault.shared().address())) {
      String mount = admin.mount("transit").replace("/", "");
      admin.write(mount + "/keys/orders", new JsonObject());
      String token =
          admin.tokenWith(
              """
              path "%1$s/encrypt/orders" { capabilities = ["update"] }
              path "%1$s/decrypt/orders" { capabilities = ["update"] }
              path "%1$s/keys/orders/rotate" { capabilities = ["update"] }
              """
                  .formatted(mount));
      try (RunningAgent agent =
          RunningAgent.start(
              directory.resolve("agent"),
              RunningAgent.Setup.of(configuration(proxy.address().toString(), token, mount)))) {
        ciphers(agent.cli());
        refuses(agent.cli());
        proxy.refuse();
        Cli.Result down = agent.cli().feed("x", "encrypt", "orders");
        assertThat(down.exit()).isEqualTo(5);
        proxy.heal();
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> agent.cli().feed("x", "encrypt", "orders").exit() == 0);
      }
    }
  }

  private static void ciphers(Cli cli) {
    String before = cli.feed("the text", "encrypt", "orders", "--aad", "tenant").ok().out().strip();
    assertThat(cli.run("keyring", "rotate", "orders").ok().out()).contains("key version 2");
    String after = cli.feed("the text", "encrypt", "orders", "--aad", "tenant").ok().out().strip();
    for (String each : new String[] {before, after}) {
      assertThat(cli.feed(each, "decrypt", "orders", "--aad", "tenant").ok().out())
          .isEqualTo("the text");
    }
    Cli.Result unbound = cli.feed(before, "decrypt", "orders");
    assertThat(unbound.exit()).isNotZero();
    assertThat(unbound.err()).contains("nothing says which is wrong");
    assertThat(cli.feed(before, "decrypt", "own", "--aad", "tenant").err())
        .contains("nothing says which is wrong");
    String audit = cli.run("audit", "tail").ok().out();
    assertThat(audit).contains("encrypt", "decrypt", "keyring.rotate");
    cli.run("audit", "verify").ok();
  }

  private static void refuses(Cli cli) {
    assertThat(cli.feed("x", "encrypt", "hidden").exit()).as("denied by the policy").isEqualTo(3);
    Cli.Result refused = cli.run("keyring", "rotate", "hidden");
    assertThat(refused.exit()).as("refused by the server").isEqualTo(7);
    assertThat(refused.err()).contains("the agent's policy does not allow it");
  }
}
