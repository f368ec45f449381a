package dev.latchkey.client.placeholder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.client.LatchkeyException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretReferenceTest {

  @Test
  void aReferenceIsASecretAndOneOfItsFields() {
    assertThat(SecretReference.parse("team/orders-db#password"))
        .isEqualTo(new SecretReference("team/orders-db", "password"))
        .hasToString("team/orders-db#password");
    assertThat(SecretReference.parse(" tls#tls.crt "))
        .isEqualTo(new SecretReference("tls", "tls.crt"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders-db",
        "#password",
        "orders-db#",
        "a#b#c",
        "Orders#p",
        "a#b:c",
        "a#${b",
        "a//b#c"
      })
  void whatIsOfAnotherFormIsAnErrorThatShowsTheForm(String text) {
    String placeholder = "x ${latchkey:" + text + "} y";
    assertThatThrownBy(() -> SecretReference.replace(placeholder, SecretReference::toString))
        .hasMessageContaining("${latchkey:NAME#field}");
    assertThatThrownBy(() -> PropertyTexts.of(Map.of("mail.password", placeholder), name -> false))
        .isInstanceOfSatisfying(
            LatchkeyException.class,
            e -> assertThat(e.reason()).isEqualTo(LatchkeyException.Reason.INVALID_REQUEST))
        .hasMessageContaining("In the property mail.password: ${latchkey:")
        .hasMessageContaining("${latchkey:NAME#field}");
  }

  @Test
  void placeholdersAreReplacedInsideOtherText() {
    String text = "smtp://${latchkey:m#user}:${latchkey:m#pass}@${host:x}";
    assertThat(SecretReference.replace(text, reference -> "$" + reference.field()))
        .isEqualTo("smtp://$user:$pass@${host:x}");
  }
}
