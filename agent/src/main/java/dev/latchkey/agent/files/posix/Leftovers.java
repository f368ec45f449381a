package dev.latchkey.agent.files.posix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a crash left in an open directory under names that were never a delivery's own. Anybody may
 * choose such a name where everybody may write; so only what is no directory and belongs to root,
 * the agent or the owner goes, and the rest is nobody's concern here.
 */
record Leftovers(Directory directory, Wanted wanted, Parents parents) {

  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /** Takes them away, and answers what could not be. */
  List<IOException> remove() throws IOException {
    Pattern left = Temporary.of(wanted.name());
    List<IOException> faults = new ArrayList<>();
    for (String name : directory.names()) {
      try {
        if (left.matcher(name).matches() && isOurs(name)) {
          directory.unlink(name);
        }
      } catch (PosixFault fault) {
        faults.add(fault);
      }
    }
    return faults;
  }

  private boolean isOurs(String name) throws PosixFault {
    return directory
        .stat(name)
        .filter(stat -> !stat.isDirectory() && parents.trusted(stat.uid(), wanted.ownership()))
        .isPresent();
  }

  /** What cannot be taken away stops no write, but somebody has to know that it stays. */
  static void tell(List<? extends IOException> faults) {
    for (IOException fault : faults) {
      LOG.warn("something earlier of a delivery stays: {}", fault.getMessage());
    }
  }

  /** Fails where something could not be taken away. */
  static void raise(List<? extends IOException> faults) throws IOException {
    if (!faults.isEmpty()) {
      IOException first = faults.getFirst();
      faults.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }
}
