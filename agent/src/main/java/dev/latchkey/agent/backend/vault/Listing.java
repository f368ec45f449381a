package dev.latchkey.agent.backend.vault;

import java.util.ArrayList;
import java.util.List;

/**
 * The paths of a key-value engine in order, folder after folder: a folder is opened only while the
 * page has room and something in it may belong there. For one call; used by one thread.
 */
final class Listing {

  private final AuthorisedCalls calls;
  private final Mount mount;
  private final String prefix;
  private final String after;
  private final int limit;
  private final List<String> found = new ArrayList<>();

  /** Paths are whole ones, mount included. */
  Listing(AuthorisedCalls calls, Mount mount, String prefix, String after, int limit) {
    this.calls = calls;
    this.mount = mount;
    this.prefix = prefix;
    this.after = after;
    this.limit = limit;
  }

  /** At most {@code limit} paths that begin with the prefix, all after the given one. */
  List<String> paths() {
    open(prefix.substring(0, prefix.lastIndexOf('/') + 1));
    return found;
  }

  /** The server's order of names with their slashes is that of the whole paths. */
  private void open(String folder) {
    for (String name : names(folder).stream().sorted().toList()) {
      String path = folder + name;
      if (found.size() >= limit) {
        return;
      }
      if (!name.endsWith("/")) {
        take(path);
      } else if (mayHold(path)) {
        open(path);
      }
    }
  }

  private void take(String path) {
    if (path.startsWith(prefix) && path.compareTo(after) > 0) {
      found.add(path);
    }
  }

  private boolean mayHold(String folder) {
    boolean within = folder.startsWith(prefix) || prefix.startsWith(folder);
    return within && (folder.compareTo(after) > 0 || after.startsWith(folder));
  }

  private List<String> names(String folder) {
    String below =
        switch (mount.kind()) {
          case KV1 -> "";
          case KV2, UNKNOWN, DATABASE, OTHER -> "metadata/";
        };
    VaultRequest request = VaultRequest.list(mount.path() + below + mount.rest(folder));
    return switch (calls.ask(request)) {
      case Answer.Refused refused when refused.status() == 404 -> List.of();
      case Answer.Refused refused -> throw Failures.of(request, refused);
      case Answer.Done done ->
          ServerText.object(done.body(), "data").stream()
              .flatMap(data -> ServerText.texts(data, "keys").stream())
              .toList();
    };
  }
}
