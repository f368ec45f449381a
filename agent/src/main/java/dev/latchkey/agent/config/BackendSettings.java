package dev.latchkey.agent.config;

import dev.latchkey.agent.secret.SecretValue;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a backend is set up. */
public sealed interface BackendSettings {

  /** The agent's own state store. */
  record Local() implements BackendSettings {}

  /**
   * HashiCorp Vault or OpenBao.
   *
   * @param addresses tried in turn
   * @param namespace empty for none
   * @param prefix put before every path; empty, or ends with a slash
   * @param kvMounts the version of key-value mounts that need not be looked up, by their paths
   */
  record Vault(
      List<URI> addresses,
      String namespace,
      String prefix,
      Map<String, Integer> kvMounts,
      Tls tls,
      Optional<Duration> connectTimeout,
      Optional<Duration> requestTimeout,
      Login login)
      implements BackendSettings {

    public Vault {
      addresses = List.copyOf(addresses);
      kvMounts = Map.copyOf(kvMounts);
    }
  }

  /** How the servers prove who they are, and the agent to them; empty for the system's ways. */
  record Tls(
      Optional<Path> ca,
      Optional<Path> certificate,
      Optional<Path> key,
      Optional<String> serverName) {}

  /** How the agent logs in. */
  sealed interface Login {

    /** A token that is given. */
    record Token(SecretValue token) implements Login {}

    /** A token in a file that somebody else keeps. */
    record TokenFile(Path file) implements Login {}

    /** A role's id and a secret id. */
    record AppRole(
        String mount, Text roleId, Optional<Text> secretId, boolean wrapped, boolean deleteFile)
        implements Login {}

    /** A user and a password. */
    record Userpass(String mount, String username, Text password) implements Login {}

    /** A service account's token. */
    record Kubernetes(String mount, String role, Optional<Path> tokenFile) implements Login {}

    /**
     * A principal of AWS.
     *
     * @param serverId empty for none
     * @param credentialsFile empty for the environment and the usual file
     */
    record Aws(
        String mount,
        String role,
        String region,
        String serverId,
        Optional<Path> credentialsFile,
        String profile)
        implements Login {}
  }

  /** A piece of a login. */
  sealed interface Text {

    /** Given in the configuration, as a rule by a reference to the environment. */
    record Given(SecretValue value) implements Text {}

    /** Read from a file at each login. */
    record InFile(Path file) implements Text {}
  }
}
