package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretName;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * A certificate with its chain, its key, or both in one file, in PEM: the leaf first, then whoever
 * signed it, the key last.
 */
public record PemFormat(Certified certified, Set<Part> parts) implements Format {

  /** What is written of it. */
  public enum Part {
    CERTIFICATE,
    CHAIN,
    KEY
  }

  public PemFormat {
    parts = Set.copyOf(parts);
  }

  @Override
  public Set<SecretName> secrets() {
    return Set.of(certified.secret());
  }

  @Override
  public List<FileContent> render(String file, Values values) {
    SecretBuffer out = new SecretBuffer();
    if (parts.contains(Part.CERTIFICATE) || parts.contains(Part.CHAIN)) {
      List<X509Certificate> all = certified.certificates(values);
      int from = parts.contains(Part.CERTIFICATE) ? 0 : 1;
      int to = parts.contains(Part.CHAIN) ? all.size() : 1;
      all.subList(from, to).forEach(one -> Certified.block(one).write(out));
    }
    if (parts.contains(Part.KEY)) {
      certified.privateKey(values).write(out);
    }
    return List.of(new FileContent(file, out.take()));
  }
}
