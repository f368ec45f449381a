package dev.latchkey.agent.login.vault;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the agent logs in.
 *
 * @param namespace empty for none
 */
public record LoginPlace(List<URI> addresses, String namespace) {

  public LoginPlace {
    addresses = List.copyOf(addresses);
  }

  /** Says where and as whom {@code method} logs in, in a text that tells nothing else. */
  public String boundTo(LoginMethod method) {
    String where = addresses.stream().map(URI::toString).sorted().collect(Collectors.joining("\n"));
    String whole = String.join("\n\n", where, namespace, method.kind(), method.identity());
    return HexFormat.of().formatHex(sha256(whole));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
