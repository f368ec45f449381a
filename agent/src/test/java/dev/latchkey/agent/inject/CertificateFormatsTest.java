package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.States.SECRET;
import static dev.latchkey.agent.inject.States.content;
import static dev.latchkey.agent.inject.States.rendered;
import static dev.latchkey.agent.inject.States.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.agent.inject.PemFormat.Part;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretValue;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFormatsTest {

  private static final Certified FIELDS =
      new Certified(SECRET, "certificate", "ca_chain", "private_key");
  private static final Format ALL = new PemFormat(FIELDS, EnumSet.allOf(Part.class));

  @TempDir static Path directory;
  private static MadeCertificates made;

  @BeforeAll
  static void make() throws Exception {
    made = new MadeCertificates(directory);
  }

  private static Format pem(Part... parts) {
    return new PemFormat(FIELDS, Set.of(parts));
  }

  private static SecretContent full() throws Exception {
    return content(
        "certificate", made.pem("rsa"),
        "ca_chain", made.pem("middle", "root"),
        "private_key", made.key("rsa"));
  }

  @Test
  void aCombinedFileHasTheLeafThenItsChainThenTheKey() throws Exception {
    assertThat(text(ALL, full())).isEqualTo(made.pem("rsa", "middle", "root") + made.key("rsa"));
    assertThat(text(pem(Part.CERTIFICATE, Part.CHAIN), full()))
        .isEqualTo(made.pem("rsa", "middle", "root"));
    assertThat(text(pem(Part.CERTIFICATE), full())).isEqualTo(made.pem("rsa"));
    assertThat(text(pem(Part.CHAIN), full())).isEqualTo(made.pem("middle", "root"));
    assertThat(text(pem(Part.KEY), full())).isEqualTo(made.key("rsa"));
  }

  @Test
  void theOrderIsMadeWhateverTheOrderGivenAndWhateverStandsBetween() throws Exception {
    String given = made.pem("root") + "subject: x\n" + made.pem("rsa") + made.pem("middle");
    SecretContent shuffled =
        content(
            "certificate", given.replace("\n", "\r\n"),
            "ca_chain", made.pem("root"),
            "private_key", made.key("rsa"));
    assertThat(text(ALL, shuffled)).isEqualTo(made.pem("rsa", "middle", "root") + made.key("rsa"));
  }

  @Test
  void aChainThatVaultGivesAsAListInJsonIsRead() throws Exception {
    String json =
        "[\"%s\",\"%s\"]"
            .formatted(
                made.pem("middle").replace("\n", "\\n"), made.pem("root").replace("\n", "\\n"));
    SecretContent listed =
        content("certificate", made.pem("ec"), "ca_chain", json, "private_key", made.key("ec"));
    assertThat(text(pem(Part.CERTIFICATE, Part.CHAIN), listed))
        .isEqualTo(made.pem("ec", "middle", "root"));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAlsoWhereOnlyTheCertificateIsWritten() throws Exception {
    for (String other : new String[] {"ec", "root"}) {
      SecretContent mixed = content("certificate", made.pem("rsa"), "private_key", made.key(other));
      assertThatThrownBy(() -> rendered(pem(Part.CERTIFICATE), mixed))
          .hasMessage("orders-db: private_key is not the key of the certificate");
    }
    SecretContent ecWithRoot =
        content("certificate", made.pem("ec"), "private_key", made.key("root"));
    assertThatThrownBy(() -> rendered(ALL, ecWithRoot)).hasMessageContaining("is not the key");
  }

  @Test
  void oldKindsOfKeysAreKnown() throws Exception {
    byte[] rsa = Der.inside(made.pkcs8("rsa"), Der.OCTETS);
    String pkcs1 = MadeCertificates.block("RSA PRIVATE KEY", rsa);
    SecretContent old = content("certificate", made.pem("rsa"), "private_key", pkcs1);
    assertThat(text(ALL, old)).isEqualTo(made.pem("rsa") + pkcs1);
    assertThat(opened(old)).isEqualTo(made.pkcs8("rsa"));
    assertThatThrownBy(
            () -> rendered(ALL, content("certificate", made.pem("ec"), "private_key", pkcs1)))
        .hasMessageContaining("is not the key");

    byte[] inside = Der.inside(made.pkcs8("ec"), Der.OCTETS);
    byte[] sec1 =
        Der.sequence(
            Der.integer(1),
            Der.tagged(Der.OCTETS, Der.inside(inside, Der.OCTETS)),
            Der.tagged(Der.EXPLICIT_0, Der.object("1.2.840.10045.3.1.34")));
    String block = MadeCertificates.block("EC PRIVATE KEY", sec1);
    assertThat(
            PrivateKeys.pkcs8(
                PemBlock.in(block.getBytes(java.nio.charset.StandardCharsets.US_ASCII)).getFirst()))
        .isPresent();
  }

  @Test
  void whatIsMissingOrMalformedIsNamed() throws Exception {
    assertThatThrownBy(() -> rendered(ALL, content("certificate", "nothing here")))
        .hasMessage("orders-db: certificate holds no certificate in PEM");
    assertThatThrownBy(() -> rendered(ALL, content("certificate", made.pem("rsa"))))
        .hasMessage("orders-db has no field \"private_key\"; it has certificate");
    assertThatThrownBy(
            () ->
                rendered(
                    ALL, content("certificate", "-----BEGIN CERTIFICATE-----\n!!\n-----END -----")))
        .hasMessage("orders-db: certificate is malformed PEM");
    assertThatThrownBy(
            () -> rendered(ALL, content("certificate", "-----BEGIN CERTIFICATE-----\nAAAA")))
        .hasMessage("orders-db: certificate is malformed PEM");
    assertThatThrownBy(
            () ->
                rendered(
                    ALL,
                    content(
                        "certificate",
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")))
        .hasMessage("orders-db: certificate holds a malformed certificate");
  }

  private static Pkcs12Format pkcs12(String password) {
    return new Pkcs12Format(
        FIELDS, "Web", new Pkcs12Format.Password.Given(SecretValue.ofText(password)));
  }

  private static KeyStore store(byte[] bytes, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(bytes), password.toCharArray());
    return store;
  }

  private static byte[] opened(SecretContent content) throws Exception {
    KeyStore store = store(rendered(pkcs12("p"), content), "p");
    return store.getKey("web", "p".toCharArray()).getEncoded();
  }

  @Test
  void javaOpensTheKeyStore() throws Exception {
    KeyStore store = store(rendered(pkcs12("correct horse"), full()), "correct horse");
    assertThat(store.aliases().asIterator()).toIterable().containsExactly("web");
    assertThat(store.getKey("web", "correct horse".toCharArray()).getEncoded())
        .isEqualTo(made.pkcs8("rsa"));
    assertThat(Arrays.stream(store.getCertificateChain("web")).map(each -> encoded(each)).toList())
        .containsExactly(
            made.certificate("rsa"), made.certificate("middle"), made.certificate("root"));
    assertThatThrownBy(() -> store(rendered(pkcs12("right"), full()), "wrong"))
        .hasMessageContaining("Integrity check failed");
  }

  private static byte[] encoded(java.security.cert.Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (java.security.cert.CertificateEncodingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void theKeyStoreIsTheSameForTheSameContentAndOtherForAnother() throws Exception {
    byte[] first = rendered(pkcs12("one"), full());
    assertThat(rendered(pkcs12("one"), full())).isEqualTo(first);
    assertThat(rendered(pkcs12("two"), full())).isNotEqualTo(first);
    SecretContent other = content("certificate", made.pem("ec"), "private_key", made.key("ec"));
    assertThat(rendered(pkcs12("one"), other)).isNotEqualTo(first);
  }

  @Test
  void theKeyStoresPasswordMayBeAFieldAndMustBePlain() throws Exception {
    Format byField =
        new Pkcs12Format(FIELDS, "web", new Pkcs12Format.Password.Field("store_password"));
    SecretContent with =
        content(
            "certificate", made.pem("ec"),
            "private_key", made.key("ec"),
            "store_password", "of the field");
    assertThat(store(rendered(byField, with), "of the field").containsAlias("web")).isTrue();
    assertThatThrownBy(() -> rendered(byField, full()))
        .hasMessageContaining("has no field \"store_password\"");
    assertThatThrownBy(() -> rendered(pkcs12("\u00e4"), with))
        .hasMessage("orders-db: the key store's password must be printable ASCII");
    String encrypted = MadeCertificates.block("ENCRYPTED PRIVATE KEY", new byte[] {1});
    assertThatThrownBy(
            () ->
                rendered(
                    pkcs12("p"), content("certificate", made.pem("ec"), "private_key", encrypted)))
        .hasMessage("orders-db: the key is encrypted, or of an unknown kind");
  }
}
