package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.file.Path;

/**
 * The service account of a pod, whose token the cluster keeps fresh in a file.
 *
 * @param mount where the way is enabled below {@code auth/}, {@code kubernetes} as a rule
 * @param tokenFile {@link #SERVICE_ACCOUNT} as a rule
 */
public record Kubernetes(String mount, String role, Path tokenFile) implements LoginMethod {

  /** Where a pod finds the token of its service account. */
  public static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  @Override
  public String kind() {
    return "kubernetes";
  }

  @Override
  public String identity() {
    return mount + "\n" + role + "\n" + tokenFile;
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    String token = Texts.of(new TextSource.InFile(tokenFile).get());
    return calls.login(
        "auth/" + mount + "/login", new JsonObject().add("role", role).add("jwt", token));
  }
}
