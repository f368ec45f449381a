package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Makes the row that each request begins with: which login role, which candidate, what is retired
 * later. Blocks.
 */
final class RotationRequests {

  private static final int ID_BYTES = 8;

  private final SecretName name;
  private final RotationDeclaration declaration;
  private final RotationContext context;

  RotationRequests(SecretName name, RotationDeclaration declaration, RotationContext context) {
    this.name = name;
    this.declaration = declaration;
    this.context = context;
  }

  /** A new password for the login role that is idle. */
  RotationRecord rotate(Optional<SecretState> current, String requestId, String actor) {
    String used = current.map(state -> CurrentLogin.of(state.content())).orElse("");
    return planned(
        RotationKind.ROTATE,
        declaration.twinOf(used),
        Optional.of(Passwords.next(context.random())),
        retirable(used),
        current.map(state -> state.id().version()).orElse(0L),
        0,
        requestId,
        actor);
  }

  /** The content of {@code version} again; 0 for the version before the current. */
  RotationRecord rollback(long version, String actor) {
    SecretState current =
        CurrentLogin.state(context.current(), name)
            .orElseThrow(() -> refused("nothing was ever published, so nothing can come back"));
    SecretState earlier = earlier(current, version);
    if (earlier.content().equals(current.content())) {
      throw refused("version " + earlier.id().version() + " is what is current");
    }
    String login = CurrentLogin.of(earlier.content());
    String used = CurrentLogin.of(current.content());
    if (login.isEmpty() || earlier.content().field(SecretContent.PASSWORD).isEmpty()) {
      throw refused("version " + earlier.id().version() + " holds no username and password");
    }
    return planned(
        RotationKind.ROLLBACK,
        login,
        Optional.empty(),
        login.equals(used) ? "" : retirable(used),
        current.id().version(),
        earlier.id().version(),
        "",
        actor);
  }

  private SecretState earlier(SecretState current, long version) {
    Current kept = context.current();
    long before = version == 0 ? current.id().version() - 1 : version;
    if (before == 0) {
      throw refused("there is no version before the current one");
    }
    return kept.version(name, before)
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_FOUND, "version " + before + " of " + name + " is not kept"));
  }

  /** A user and password that the target already has. */
  RotationRecord adopt(String username, SecretValue password, String actor) {
    Optional<SecretState> current = CurrentLogin.state(context.current(), name);
    String used = current.map(state -> CurrentLogin.of(state.content())).orElse("");
    return planned(
        RotationKind.ADOPT,
        username,
        Optional.of(password),
        used.equals(username) ? "" : retirable(used),
        current.map(state -> state.id().version()).orElse(0L),
        0,
        "",
        actor);
  }

  /**
   * A reset of the pair: one login role now, its twin at the end of the overlap, whatever the store
   * says is current.
   *
   * @param last the newest rotation that was published
   * @param half the rotation whose candidate may already be set; the candidate stays the same, so
   *     that at no moment a login opens with a password that is not kept
   */
  RotationRecord recover(
      Optional<RotationRecord> last, Optional<RotationRecord> half, String actor) {
    Optional<SecretState> current = Optional.empty();
    try {
      current = CurrentLogin.state(context.current(), name);
    } catch (SecretException e) {
      // what the store has is spoiled; the rotations tell which login role was used last
    }
    String used =
        current
            .map(state -> CurrentLogin.of(state.content()))
            .or(() -> last.map(RotationRecord::login))
            .orElse("");
    String login = half.map(RotationRecord::login).orElseGet(() -> declaration.twinOf(used));
    return planned(
        RotationKind.RECOVER,
        login,
        half.flatMap(RotationRecord::candidate)
            .or(() -> Optional.of(Passwords.next(context.random()))),
        declaration.twinOf(login),
        current.map(state -> state.id().version()).orElse(0L),
        0,
        "",
        actor);
  }

  /** A login role outside the pair is nobody's to retire. */
  private String retirable(String login) {
    return declaration.users().contains(login) ? login : "";
  }

  private RotationRecord planned(
      RotationKind kind,
      String login,
      Optional<SecretValue> candidate,
      String previousLogin,
      long previousVersion,
      long rolledBackFrom,
      String requestId,
      String actor) {
    Instant now = context.time().now();
    return new RotationRecord(
        newId(),
        name,
        kind,
        RotationStep.PLANNED,
        login,
        candidate,
        previousLogin,
        previousVersion,
        0,
        rolledBackFrom,
        requestId,
        actor,
        now,
        now,
        Optional.empty(),
        Optional.empty(),
        0,
        "");
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    context.random().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  static List<RotationRecord> superseded(List<RotationRecord> rows, RotationKind by, Instant now) {
    return rows.stream()
        .map(row -> row.closed(RotationStep.ROLLED_BACK, "superseded by a " + by.word(), now))
        .toList();
  }

  private static SecretException refused(String why) {
    return SecretException.of(Reason.NOT_POSSIBLE_NOW, why);
  }
}
