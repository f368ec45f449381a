package dev.latchkey.jdbc;

import dev.latchkey.client.Credential;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows of every physical connection, from the moment its login begins, which version it was made
 * with.
 *
 * <p>A login is entered before it begins. So sealing, which promises that nothing older is in use,
 * sees a login that read the old credential and is still under way, and one that begins after the
 * seal is refused. Safe for any thread.
 */
final class VersionLedger {

  private static final int REMEMBERED_VERSIONS = 256;

  private final Supplier<Instant> clock;
  private final Map<VersionKey, Account> accounts = new LinkedHashMap<>();
  private final Set<String> epochsLeft = new HashSet<>();
  private @Nullable VersionKey floor;

  VersionLedger(Supplier<Instant> clock) {
    this.clock = clock;
  }

  /** The pool learnt of a version. */
  synchronized void received(Credential credential) {
    account(credential);
  }

  /** Enters a login that is about to begin; false when the version may not be used any more. */
  synchronized boolean begin(Credential credential) {
    if (!allowed(VersionKey.of(credential))) {
      return false;
    }
    account(credential).opening++;
    return true;
  }

  /** The login entered by {@link #begin} came to a connection. */
  synchronized void opened(TaggedConnection connection) {
    Account account = required(connection.version());
    account.opening--;
    account.logins++;
    account.open.add(connection);
  }

  /** The login entered by {@link #begin} came to nothing. */
  synchronized void failed(VersionKey version, boolean refused) {
    Account account = required(version);
    account.opening--;
    if (refused) {
      account.loginFailures++;
    }
  }

  synchronized void closed(TaggedConnection connection) {
    Account account = required(connection.version());
    if (account.open.remove(connection)) {
      account.closes++;
    }
  }

  /** A connection was handed to the application. */
  synchronized void lent(TaggedConnection connection) {
    Account account = required(connection.version());
    if (account.firstUsedAt == null) {
      account.firstUsedAt = clock.get();
    }
  }

  synchronized void acknowledged(VersionKey version) {
    Account account = accounts.get(version);
    if (account != null && account.acknowledgedAt == null) {
      account.acknowledgedAt = clock.get();
    }
  }

  /** The open connections that are to go once {@code current} is current, oldest first. */
  synchronized List<TaggedConnection> older(VersionKey current) {
    List<TaggedConnection> older = new ArrayList<>();
    accounts.forEach(
        (version, account) -> {
          if (version.supersededBy(current)) {
            older.addAll(account.open);
          }
        });
    return older;
  }

  /**
   * Promises that nothing older than {@code current} is in use or will be; false when something
   * still is.
   */
  synchronized boolean seal(VersionKey current) {
    for (Map.Entry<VersionKey, Account> entry : accounts.entrySet()) {
      Account account = entry.getValue();
      if (entry.getKey().supersededBy(current) && account.inUse()) {
        return false;
      }
    }
    accounts.keySet().stream()
        .map(VersionKey::epoch)
        .filter(epoch -> !epoch.equals(current.epoch()))
        .forEach(epochsLeft::add);
    epochsLeft.remove(current.epoch());
    floor = current;
    return true;
  }

  synchronized List<VersionStatistics> statistics() {
    return accounts.entrySet().stream()
        .map(entry -> entry.getValue().statistics(entry.getKey()))
        .toList();
  }

  private boolean allowed(VersionKey version) {
    VersionKey lowest = floor;
    if (lowest == null) {
      return true;
    }
    return version.epoch().equals(lowest.epoch())
        ? version.version() >= lowest.version()
        : !epochsLeft.contains(version.epoch());
  }

  private Account account(Credential credential) {
    VersionKey version = VersionKey.of(credential);
    Account known = accounts.get(version);
    if (known != null) {
      return known;
    }
    if (accounts.size() >= REMEMBERED_VERSIONS) {
      accounts.entrySet().stream()
          .filter(entry -> !entry.getValue().inUse())
          .findFirst()
          .map(Map.Entry::getKey)
          .ifPresent(accounts::remove);
    }
    Account added = new Account(credential.findText("username").orElse(""), clock.get());
    accounts.put(version, added);
    return added;
  }

  private Account required(VersionKey version) {
    Account account = accounts.get(version);
    if (account == null) {
      throw new IllegalStateException("no login was entered for version " + version.version());
    }
    return account;
  }

  /** The counts of one version. */
  private static final class Account {

    private final String username;
    private final Instant receivedAt;
    private final Set<TaggedConnection> open = new LinkedHashSet<>();
    private long opening;
    private long logins;
    private long closes;
    private long loginFailures;
    private @Nullable Instant firstUsedAt;
    private @Nullable Instant acknowledgedAt;

    Account(String username, Instant receivedAt) {
      this.username = username;
      this.receivedAt = receivedAt;
    }

    boolean inUse() {
      return opening > 0 || !open.isEmpty();
    }

    VersionStatistics statistics(VersionKey version) {
      return new VersionStatistics(
          version.epoch(),
          version.version(),
          username,
          logins,
          closes,
          open.size(),
          opening,
          loginFailures,
          receivedAt,
          Optional.ofNullable(firstUsedAt),
          Optional.ofNullable(acknowledgedAt));
    }
  }
}
