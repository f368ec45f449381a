package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.backend.Login;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AwsIamLoginTest extends VaultLoginContract {

  private static final String SERVER_ID = "vault.example.test";
  private static final Optional<SecretValue> SESSION =
      Optional.of(SecretValue.ofText("a-session/with+odd=signs"));

  private final StandInSts sts = new StandInSts(Optional.empty());
  private final StandInSts stsOfSessions = new StandInSts(SESSION);
  private String mount = "";

  @BeforeEach
  void enable() {
    mount = admin.enable("aws");
    ask(sts);
    JsonObject role =
        role()
            .add("auth_type", "iam")
            .add("bound_iam_principal_arn", StandInSts.ROLE)
            .add("resolve_aws_unique_ids", false);
    admin.write("auth/" + mount + "/role/app", role);
  }

  private void ask(StandInSts which) {
    JsonObject config =
        new JsonObject()
            .add("sts_endpoint", which.address())
            .add("iam_server_id_header_value", SERVER_ID)
            .add("max_retries", 0);
    admin.write("auth/" + mount + "/config/client", config);
  }

  @AfterEach
  void close() {
    sts.close();
    stsOfSessions.close();
  }

  private Login login(String serverId, AwsCredentials.Source credentials) {
    return login(new AwsIam(mount, "app", StandInSts.REGION, serverId, credentials));
  }

  private static AwsCredentials key(SecretValue secret, Optional<SecretValue> session) {
    return new AwsCredentials(StandInSts.KEY_ID, secret, session);
  }

  @Override
  protected Login login() {
    return login(SERVER_ID, () -> key(StandInSts.SECRET, Optional.empty()));
  }

  @Override
  protected Login wrong() {
    return login(SERVER_ID, () -> key(SecretValue.ofText("another-key"), Optional.empty()));
  }

  @Test
  void aKeyOfASessionIsProvedWithItsToken() {
    ask(stsOfSessions);
    assertThat(login(SERVER_ID, () -> key(StandInSts.SECRET, SESSION)).login().renewable())
        .isTrue();
    assertThat(failure(login()::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
  }

  @Test
  void aRequestMadeForAnotherServerIsRefused() {
    Login elsewhere = login("other.example.test", () -> key(StandInSts.SECRET, Optional.empty()));
    assertThat(failure(elsewhere::login).reason()).isEqualTo(Reason.BACKEND_REFUSED);
  }

  @Test
  void theKeyIsFoundInTheEnvironmentOrInTheFile() {
    String secret = Texts.of(StandInSts.SECRET);
    Map<String, String> environment =
        Map.of("AWS_ACCESS_KEY_ID", StandInSts.KEY_ID, "AWS_SECRET_ACCESS_KEY", secret);
    login(SERVER_ID, AwsKeySources.usual(environment)).login();
    String file =
        written(
                "credentials",
                """
                [other]
                aws_access_key_id = X
                [app]
                # a comment = y
                aws_access_key_id = %s
                aws_secret_access_key = %s
                """
                    .formatted(StandInSts.KEY_ID, secret))
            .toString();
    login(
            SERVER_ID,
            AwsKeySources.usual(Map.of("AWS_SHARED_CREDENTIALS_FILE", file, "AWS_PROFILE", "app")))
        .login();
    assertThat(AwsKeySources.usual(Map.of("AWS_ACCESS_KEY_ID", "X", "AWS_SESSION_TOKEN", "s")))
        .satisfies(half -> assertThat(failure(half::get)).hasMessageContaining("no whole key"));
    assertThat(failure(AwsKeySources.usual(Map.of("HOME", "/nowhere"))::get).reason())
        .isEqualTo(Reason.NOT_POSSIBLE_NOW);
  }
}
