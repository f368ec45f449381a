package dev.latchkey.agent.login.vault;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS demands, for paths that need no encoding and without a query.
 *
 * <p>After "Signature Version 4 signing process" (AWS General Reference): a canonical form of the
 * request is hashed, and the hash is signed with a key that is derived from the secret for one day,
 * region and service. A pure function.
 *
 * @param region part of the scope of the signature
 * @param service part of the scope of the signature
 */
record SignatureV4(String region, String service) {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * The headers to send: those given, the date, the session's token and the signature over all of
   * them and the host.
   */
  Map<String, String> sign(
      String method,
      URI uri,
      Map<String, String> headers,
      String body,
      AwsCredentials credentials,
      Instant at) {
    String date = TIME.format(at);
    Map<String, String> sent = new TreeMap<>(headers);
    sent.put("X-Amz-Date", date);
    credentials
        .sessionToken()
        .ifPresent(token -> sent.put("X-Amz-Security-Token", Texts.of(token)));
    Map<String, String> signed = canonical(sent);
    signed.put("host", uri.getRawAuthority());
    String names = String.join(";", signed.keySet());
    String scope = date.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
    String request = canonicalRequest(method, uri, signed, names, body);
    String toSign = String.join("\n", ALGORITHM, date, scope, sha256(request));
    String signature = HexFormat.of().formatHex(hmac(key(credentials, date), toSign));
    sent.put(
        "Authorization",
        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(ALGORITHM, credentials.accessKeyId(), scope, names, signature));
    return sent;
  }

  private static Map<String, String> canonical(Map<String, String> headers) {
    Map<String, String> canonical = new TreeMap<>();
    headers.forEach(
        (name, value) ->
            canonical.put(name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " ")));
    return canonical;
  }

  private static String canonicalRequest(
      String method, URI uri, Map<String, String> headers, String names, String body) {
    String lines =
        headers.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue() + "\n")
            .collect(Collectors.joining());
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return String.join("\n", method, path, "", lines, names, sha256(body));
  }

  private byte[] key(AwsCredentials credentials, String date) {
    byte[] secret = ("AWS4" + Texts.of(credentials.secretKey())).getBytes(StandardCharsets.UTF_8);
    byte[] ofDay = hmac(secret, date.substring(0, 8));
    return hmac(hmac(hmac(ofDay, region), service), "aws4_request");
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
