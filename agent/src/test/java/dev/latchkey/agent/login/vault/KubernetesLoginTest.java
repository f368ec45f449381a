package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesLoginTest extends VaultLoginContract {

  private static @Nullable StandInCluster cluster;

  private String mount = "";

  @BeforeAll
  static void start(@TempDir Path shared) throws Exception {
    cluster = new StandInCluster(shared);
  }

  @AfterAll
  static void stop() {
    cluster().close();
  }

  private static StandInCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  @BeforeEach
  void enable() throws Exception {
    mount = admin.enable("kubernetes");
    admin.write("auth/" + mount + "/config", cluster().config());
    admin.write(
        "auth/" + mount + "/role/app",
        role()
            .add("bound_service_account_names", "orders")
            .add("bound_service_account_namespaces", "shop")
            .add("audience", "vault"));
  }

  private Login login(String token) {
    return login(new Kubernetes(mount, "app", written("token", token)));
  }

  @Override
  protected Login login() {
    return login(cluster().issued("orders"));
  }

  @Override
  protected Login wrong() {
    return login(cluster().issued("others"));
  }

  @Test
  void aTokenThatTheClusterDidNotSignIsRefused() throws Exception {
    Login login = login(StandInCluster.forged("orders"));
    assertThat(failure(login::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
  }

  @Test
  void theTokenIsReadAnewAtEachLogin() {
    Login login = login("not.a.token");
    assertThat(failure(login::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
    written("token", cluster().issued("orders"));
    assertThat(login.login().renewable()).isTrue();
  }
}
