package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.secret.SecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The context of TLS files that may change: asked for with each new connection, and made anew when
 * another file stands there. Files that do not fit leave the context before in use, since whoever
 * replaces them may be half-way. Safe for use by several threads; blocks for as long as it reads.
 */
final class TlsFiles implements Supplier<SSLContext> {

  private final VaultTls tls;
  private volatile Read read;
  private volatile @Nullable SecretException trouble;

  /**
   * Reads the files.
   *
   * @throws SecretException what is wrong with them
   */
  TlsFiles(VaultTls tls) {
    this.tls = tls;
    List<Stamp> before = stamps();
    this.read = new Read(before, TlsContexts.made(tls));
  }

  /** How a file looked; another one that stands in its place differs. */
  private record Stamp(@Nullable FileTime changedAt, long size, @Nullable Object key) {

    static Stamp of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
      } catch (IOException missing) {
        return new Stamp(null, 0, null);
      }
    }
  }

  private record Read(List<Stamp> stamps, SSLContext context) {}

  private List<Stamp> stamps() {
    return Stream.of(tls.ca(), tls.certificate(), tls.key())
        .flatMap(Optional::stream)
        .map(Stamp::of)
        .toList();
  }

  @Override
  public SSLContext get() {
    List<Stamp> now = stamps();
    if (!now.equals(read.stamps())) {
      readAgain(now);
    }
    return read.context();
  }

  private synchronized void readAgain(List<Stamp> now) {
    try {
      read = new Read(now, TlsContexts.made(tls));
      trouble = null;
    } catch (SecretException unfit) {
      trouble = unfit;
    }
  }

  /** Why the files that stand there now are not in use; empty when they are. */
  Optional<SecretException> trouble() {
    return Optional.ofNullable(trouble);
  }
}
