package dev.latchkey.agent.catalog;

import dev.latchkey.agent.secret.SecretName;
import java.util.List;
import java.util.Optional;

/**
 * A target as the configuration declares it.
 *
 * @param type the word for the adapter, such as {@code postgresql}
 * @param url how it is reached, without any credential
 * @param admin the secret that holds the administrator's credential; read by the rotation engine
 *     only. Empty where logins are only proved
 * @param databases the databases that the login roles reach
 */
public record TargetDeclaration(
    String name, String type, String url, Optional<SecretName> admin, List<String> databases) {

  public TargetDeclaration {
    databases = List.copyOf(databases);
  }
}
