package dev.latchkey.client.placeholder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PropertyTextsTest {

  private static final SecretReference PASSWORD = new SecretReference("m", "pass");

  /** The texts of properties, name and text by turns, where those of {@code set} have a value. */
  private static PropertyTexts texts(Set<String> set, String... properties) {
    Map<String, String> written = new LinkedHashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      written.put(properties[i], properties[i + 1]);
    }
    return PropertyTexts.of(written, set::contains);
  }

  private static PropertyTexts texts(String... properties) {
    return texts(Set.of(), properties);
  }

  @Test
  void referencesAreFoundInsideOtherText() {
    assertThat(
            texts(
                    "mail.url",
                    "smtp://${latchkey:m#user}:${ latchkey:m#pass }@${host:x}",
                    "mail.password",
                    "${latchkey:m#pass}",
                    "mail.other",
                    "${other:latchkey:x#y} latchkey:a#b ${open")
                .references())
        .containsOnly(
            Map.entry(new SecretReference("m", "user"), "mail.url"),
            Map.entry(PASSWORD, "mail.url"));
  }

  @Test
  void aDefaultIsNeededOnlyWhereWhatItStandsForHasNoValue() {
    String text = "${MAIL_PW:${latchkey:m#pass}}";
    assertThat(texts(Set.of("MAIL_PW"), "mail.password", text).references()).isEmpty();
    assertThat(texts("mail.password", text).references()).containsOnlyKeys(PASSWORD);
    assertThat(texts("mail.password", "${ a : ${b:${latchkey:m#pass}}}").references())
        .containsOnlyKeys(PASSWORD);
    assertThat(texts(Set.of("a"), "p", "${ a : ${b:${latchkey:m#pass}}}").references()).isEmpty();
  }

  @Test
  void whatStandsElsewhereIsNeededToo() {
    SecretReference user = new SecretReference("m", "user");
    PropertyTexts texts =
        texts("mail.password", "${latchkey:m#pass}").and(Set.of(user, PASSWORD), "elsewhere");
    assertThat(texts.references())
        .containsOnly(Map.entry(PASSWORD, "mail.password"), Map.entry(user, "elsewhere"));
    assertThat(texts.dependingOn(Set.of("m"))).containsExactly("mail.password");
  }

  @Test
  void whatRefersToAPropertyInAnySpellingDependsOnItsSecret() {
    PropertyTexts texts =
        texts(
            "mail.user-name", "${latchkey:m#user}",
            "camel", "x ${mail.userName}",
            "blanks", "${ mail.user-name }",
            "variable", "${MAIL_USER_NAME:none}",
            "second", "${none:${camel}}",
            "chain", "${none:mail.user-name:last}",
            "plain", "${mail.username2}");
    assertThat(texts.dependingOn(Set.of("m")))
        .containsExactlyInAnyOrder(
            "mail.user-name", "camel", "blanks", "variable", "second", "chain");
    assertThat(texts.dependingOn(Set.of("other"))).isEmpty();
  }
}
