package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.nio.CharBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A key store in PKCS #12 with one entry: the key and its chain.
 *
 * @param alias the entry's name
 * @param password what opens it
 */
public record Pkcs12Format(Certified certified, String alias, Password password) implements Format {

  /** Where the password comes from. */
  public sealed interface Password {

    /** A field of the same secret. */
    record Field(String name) implements Password {}

    /** The configuration, as a rule by a reference. */
    record Given(SecretValue value) implements Password {}
  }

  @Override
  public Set<SecretName> secrets() {
    return Set.of(certified.secret());
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    List<X509Certificate> chain = certified.certificates(values);
    byte[] key =
        PrivateKeys.pkcs8(certified.privateKey(values))
            .orElseThrow(
                () ->
                    Values.refused(
                        certified.secret() + ": the key is encrypted, or of an unknown kind"));
    char[] opens = password(values);
    try {
      return List.of(new FileContent(file, new Pkcs12Store(alias, chain, key, opens).bytes()));
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(opens, '\0');
    }
  }

  private char[] password(Values values) {
    SecretValue value =
        switch (password) {
          case Password.Field field -> values.field(certified.secret(), field.name());
          case Password.Given given -> given.value();
        };
    char[] chars =
        Values.text(certified.secret(), "the key store's password", value, Pkcs12Format::copy);
    for (char one : chars) {
      if (one < ' ' || one > '~') {
        throw Values.refused(
            certified.secret() + ": the key store's password must be printable ASCII");
      }
    }
    return chars;
  }

  private static char[] copy(CharBuffer text) {
    char[] copy = new char[text.remaining()];
    text.get(copy);
    return copy;
  }
}
