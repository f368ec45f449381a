package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;

/**
 * A target as the configuration declares it.
 *
 * @param type the word for the adapter, such as {@code postgresql}
 * @param url how it is reached, without any credential
 * @param admin the secret that holds the administrator's credential; read by the rotation engine
 *     only
 * @param databases the databases that the login roles reach
 */
public record TargetDeclaration(
    String name, String type, String url, SecretName admin, List<String> databases) {

  public TargetDeclaration {
    databases = List.copyOf(databases);
  }
}
