package dev.latchkey.agent.login.vault;

import dev.latchkey.agent.backend.Login;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * A principal of AWS, proved by a signed {@code GetCallerIdentity} request that the server sends on
 * to AWS. The key itself never leaves the agent.
 *
 * @param mount where the way is enabled below {@code auth/}, {@code aws} as a rule
 * @param region whose STS is asked
 * @param serverId what the server demands as {@code X-Vault-AWS-IAM-Server-ID}; empty for nothing
 */
public record AwsIam(
    String mount, String role, String region, String serverId, AwsCredentials.Source credentials)
    implements LoginMethod {

  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";

  @Override
  public String kind() {
    return "aws";
  }

  @Override
  public String identity() {
    return String.join("\n", mount, role, region, serverId);
  }

  @Override
  public Login.Token login(TokenCalls calls) {
    URI sts = sts();
    Map<String, String> headers = new TreeMap<>();
    headers.put("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    if (!serverId.isEmpty()) {
      headers.put("X-Vault-AWS-IAM-Server-ID", serverId);
    }
    Map<String, String> signed =
        new SignatureV4(region, "sts")
            .sign("POST", sts, headers, BODY, credentials.get(), calls.now());
    return calls.login("auth/" + mount + "/login", request(sts, signed));
  }

  private URI sts() {
    String domain = region.startsWith("cn-") ? ".amazonaws.com.cn/" : ".amazonaws.com/";
    return URI.create("https://sts." + region + domain);
  }

  private JsonObject request(URI sts, Map<String, String> headers) {
    JsonObject sent = new JsonObject();
    headers.forEach((name, value) -> sent.add(name, new JsonArray().add(value)));
    return new JsonObject()
        .add("role", role)
        .add("iam_http_request_method", "POST")
        .add("iam_request_url", base64(sts.toString()))
        .add("iam_request_body", base64(BODY))
        .add("iam_request_headers", base64(sent.toString()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
