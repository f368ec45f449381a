package dev.latchkey.agent.files.posix;

import dev.latchkey.agent.inject.FileContent;
import dev.latchkey.agent.machine.OwnRights;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the agent knows of a delivery that it may not read, since it gave it to another owner: a
 * digest in {@code .NAME.sum} beside it, for the agent alone, of the contents and of which file
 * they were written to. A file that was changed or replaced since is another one; a set is its
 * directory, in which the agent cannot look: names that changed make it another one, a file that
 * its owner wrote into does not. The digest lies where the contents lie, so it tells nobody more;
 * it goes with them, or once they are the agent's own.
 */
record Witness(Directory directory, Wanted wanted, Temporary temporary, OwnRights own) {

  private static final int READ = 4;
  private static final int READ_AND_SEARCH = 5;

  private String name() {
    return "." + wanted.name() + ".sum";
  }

  /** Whether these contents were written to what is at {@code place}, and nothing since. */
  boolean tells(String place, List<FileContent> contents) throws PosixFault {
    Optional<FileStat> stat = directory.stat(place);
    if (stat.isEmpty() || !stat.get().belongsTo(wanted.ownership(), mode(stat.get()))) {
      return false;
    }
    try (Descriptor kept = directory.read(name())) {
      return kept.stat().uid() == own.uid() && kept.holds(digest(stat.get(), contents));
    } catch (PosixFault fault) {
      if (fault.isOneOf(Errno.EACCES, Errno.ENOENT, Errno.ELOOP)) {
        return false;
      }
      throw fault;
    }
  }

  private int mode(FileStat stat) {
    return stat.isDirectory() ? wanted.ownership().directoryMode() : wanted.ownership().mode();
  }

  /** Keeps what was written, where it cannot be read again. Never fails: it only spares a write. */
  void keep(String place, List<FileContent> contents) {
    try {
      if (wanted.ownership().uid() == own.uid()) {
        forget();
        return;
      }
      Optional<FileStat> stat = directory.stat(place);
      if (stat.isPresent()
          && !directory.may(place, stat.get().isDirectory() ? READ_AND_SEARCH : READ)) {
        write(digest(stat.get(), contents));
      }
    } catch (PosixFault fault) {
      Leftovers.tell(List.of(fault));
    }
  }

  private void write(byte[] digest) throws PosixFault {
    String fresh = temporary.next(wanted.name());
    NewFile.write(
        directory, fresh, digest, new Ownership(own.uid(), own.gid(), NewFile.OWNER_ONLY));
    try {
      directory.rename(fresh, name());
    } catch (PosixFault fault) {
      directory.abandon(fresh, fault);
      throw fault;
    }
  }

  /** Takes it away with what it tells of. */
  void forget() throws PosixFault {
    if (directory.stat(name()).filter(stat -> stat.uid() == own.uid()).isPresent()) {
      directory.unlink(name());
    }
  }

  private static byte[] digest(FileStat of, List<FileContent> contents) {
    MessageDigest digest = sha256();
    add(digest, of.identity().getBytes(StandardCharsets.US_ASCII));
    contents.stream()
        .sorted(Comparator.comparing(FileContent::name))
        .forEach(
            content -> {
              add(digest, content.name().getBytes(StandardCharsets.UTF_8));
              add(digest, content.bytes());
            });
    return HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII);
  }

  /** With its length, so that no two lists look alike. */
  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
