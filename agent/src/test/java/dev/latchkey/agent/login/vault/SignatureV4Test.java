package dev.latchkey.agent.login.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.secret.SecretValue;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The cases of AWS's published test suite for signature version 4 that apply here. */
class SignatureV4Test {

  private static final AwsCredentials KEY =
      new AwsCredentials(
          "AKIDEXAMPLE",
          SecretValue.ofText("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
          Optional.empty());
  private static final SignatureV4 SIGNATURE = new SignatureV4("us-east-1", "service");
  private static final Instant AT = Instant.parse("2015-08-30T12:36:00Z");
  private static final URI HOST = URI.create("https://example.amazonaws.com/");

  private static String authorization(
      String method, Map<String, String> headers, String body, AwsCredentials key) {
    return String.valueOf(
        SIGNATURE.sign(method, HOST, headers, body, key, AT).get("Authorization"));
  }

  private static String expected(String signedHeaders, String signature) {
    return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        + " SignedHeaders="
        + signedHeaders
        + ", Signature="
        + signature;
  }

  @Test
  void getVanilla() {
    assertThat(authorization("GET", Map.of(), "", KEY))
        .isEqualTo(
            expected(
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"));
  }

  @Test
  void postVanilla() {
    assertThat(authorization("POST", Map.of(), "", KEY))
        .isEqualTo(
            expected(
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"));
  }

  @Test
  void postFormUrlEncoded() {
    Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded");
    assertThat(authorization("POST", headers, "Param1=value1", KEY))
        .isEqualTo(
            expected(
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"));
  }

  @Test
  void postFormUrlEncodedWithParameters() {
    Map<String, String> headers =
        Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf8");
    assertThat(authorization("POST", headers, "Param1=value1", KEY))
        .isEqualTo(
            expected(
                "content-type;host;x-amz-date",
                "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"));
  }

  @Test
  void postHeaderValueTrimmed() {
    assertThat(
            authorization(
                "GET", Map.of("My-Header1", " value1", "My-Header2", " \"a   b   c\""), "", KEY))
        .isEqualTo(
            expected(
                "host;my-header1;my-header2;x-amz-date",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"));
  }

  @Test
  void postWithASessionToken() {
    AwsCredentials session =
        new AwsCredentials(
            KEY.accessKeyId(),
            KEY.secretKey(),
            Optional.of(
                SecretValue.ofText(
                    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwA"
                        + "eMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE"
                        + "8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0"
                        + "rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSI"
                        + "lTJabIQwj2ICCR/oLxBA==")));
    assertThat(authorization("POST", Map.of(), "", session))
        .isEqualTo(
            expected(
                "host;x-amz-date;x-amz-security-token",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
  }
}
