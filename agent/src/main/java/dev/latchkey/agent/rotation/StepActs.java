package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Does at the target what each step says; every act may be done again. Blocks; on the rotation's
 * own thread.
 */
final class StepActs {

  /** How many earlier versions are known again. */
  private static final int REMEMBERED = 20;

  private final SecretName name;
  private final RotationDeclaration declaration;
  private final RotationContext context;
  private final Upstream upstream;

  StepActs(SecretName name, RotationDeclaration declaration, RotationContext context) {
    this.name = name;
    this.declaration = declaration;
    this.context = context;
    this.upstream = new Upstream(name, context);
  }

  /** Acts, and answers the row with what the act brought. */
  RotationRecord act(RotationRecord row) {
    return switch (row.step()) {
      case PLANNED -> inspect(row);
      case CREATED -> create(row);
      case SET -> set(row);
      case VERIFIED -> prove(row);
      case STORED -> store(row);
      case DRAINED -> retire(row);
      case PUBLISHED, RETIRED, ROLLED_BACK, FAILED, BLOCKED -> row;
    };
  }

  /** The copy that the secret manager keeps. */
  Upstream upstream() {
    return upstream;
  }

  /**
   * Takes back what the secret manager was given, and takes the candidate's login away again,
   * unless it is the current version's.
   */
  void undo(RotationRecord row, String currentLogin) {
    List<SecretContent> stored = stored(row);
    if (!stored.isEmpty()) {
      upstream.takeBack(stored, current(row));
    }
    boolean mine = row.kind() == RotationKind.ROTATE || row.kind() == RotationKind.RECOVER;
    if (row.isSet() && mine && !row.login().equals(currentLogin)) {
      SecretValue password = row.candidate().orElseGet(() -> Passwords.next(context.random()));
      target().retire(admin(), login(row.login()), password);
    }
  }

  /**
   * What the secret manager may have been given. A recovery took the place of a rotation that may
   * have stored the same candidate, or of a rollback that may have stored an earlier version.
   */
  private List<SecretContent> stored(RotationRecord row) {
    return switch (row.kind()) {
      case ROTATE, ROLLBACK ->
          row.step() == RotationStep.STORED ? known(row).stream().toList() : List.of();
      case RECOVER -> Stream.concat(known(row).stream(), keptBefore()).toList();
      case ADOPT -> List.of();
    };
  }

  private Stream<SecretContent> keptBefore() {
    try {
      return context.current().history(name, REMEMBERED).stream().map(SecretState::content);
    } catch (SecretException e) {
      return Stream.empty();
    }
  }

  Target target() {
    return Optional.ofNullable(context.targets().get(declaration.target()))
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW,
                    "the target " + declaration.target() + " is not configured"));
  }

  /** The administrator's credential. */
  SecretContent admin() {
    Optional<SecretName> admin =
        context
            .catalog()
            .target(declaration.target())
            .map(TargetDeclaration::admin)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_POSSIBLE_NOW,
                        "the target " + declaration.target() + " is not declared"));
    return Administrators.read(context.current(), admin);
  }

  Target.Login login(String user) {
    return new Target.Login(user, declaration.twinOf(user), declaration.owner());
  }

  /**
   * Reaches the administrator before anything is done, and refuses to overwrite a login that works.
   */
  private RotationRecord inspect(RotationRecord row) {
    upstream.check(row.kind(), current(row));
    if (row.kind() == RotationKind.ROLLBACK) {
      return row;
    }
    Target.Inspection found = target().inspect(admin(), login(row.login()));
    boolean first = row.kind() == RotationKind.ROTATE && row.previousVersion() == 0;
    if (first && found.opens()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the login role "
              + row.login()
              + " exists and can log in, but its password is not known here; adopt it, or reset it"
              + " with rotate --recover");
    }
    if (row.kind() == RotationKind.ADOPT && !found.administratorSql().isEmpty()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "an administrator must prepare "
              + row.login()
              + " first; adopt with --plan prints the SQL");
    }
    return row;
  }

  private RotationRecord create(RotationRecord row) {
    Target.Login login = login(row.login());
    target().create(admin(), login);
    if (row.previousLogin().isEmpty() || row.kind() != RotationKind.ROTATE) {
      target().create(admin(), login(login.twin()));
    }
    return row;
  }

  private RotationRecord set(RotationRecord row) {
    target().set(admin(), login(row.login()), candidate(row));
    return row;
  }

  private RotationRecord prove(RotationRecord row) {
    SecretValue password =
        row.kind() == RotationKind.ROLLBACK ? earlier(row).password() : candidate(row);
    return switch (target().prove(login(row.login()), password)) {
      case Target.Proof.Opened opened -> row;
      case Target.Proof.WithoutOwner without -> throw new ProofRefused(without.why());
      case Target.Proof.Refused refused -> throw new ProofRefused(refused.why());
    };
  }

  private RotationRecord store(RotationRecord row) {
    upstream.write(row, content(row), current(row));
    return row;
  }

  /** What is current; for a recovery none where that cannot be read. */
  private Optional<SecretState> current(RotationRecord row) {
    try {
      return CurrentLogin.state(context.current(), name);
    } catch (SecretException e) {
      if (row.kind() == RotationKind.RECOVER) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private RotationRecord retire(RotationRecord row) {
    if (row.previousLogin().isEmpty()) {
      return row;
    }
    SecretValue password =
        CurrentLogin.password(context.current(), name, row.previousVersion(), row.previousLogin())
            .orElseGet(() -> Passwords.next(context.random()));
    boolean acknowledged = context.holders().allAcknowledged(name, row.version());
    int ended = target().retire(admin(), login(row.previousLogin()), password).endedSessions();
    if (acknowledged && ended > 0) {
      context
          .events()
          .emit(new AgentEvent.SessionsEndedAtRetirement(name, row.previousLogin(), ended));
    }
    context.holders().retire(name, row.version());
    return row.endedSessions(Math.max(ended, row.endedSessions()));
  }

  /** The content that becomes current. */
  SecretContent content(RotationRecord row) {
    if (row.kind() == RotationKind.ROLLBACK) {
      return earlier(row).content();
    }
    Map<String, SecretValue> fields = new HashMap<>();
    target().coordinates().forEach((field, value) -> fields.put(field, SecretValue.ofText(value)));
    fields.put("role", SecretValue.ofText(declaration.owner()));
    fields.put(SecretContent.USERNAME, SecretValue.ofText(row.login()));
    fields.put(SecretContent.PASSWORD, candidate(row));
    return new SecretContent(fields);
  }

  /** The same; empty where what is kept of it cannot be had any more. */
  private Optional<SecretContent> known(RotationRecord row) {
    try {
      return Optional.of(content(row));
    } catch (SecretException e) {
      return Optional.empty();
    }
  }

  /** The content that a rollback publishes again. */
  private Earlier earlier(RotationRecord row) {
    SecretContent content =
        context
            .current()
            .version(name, row.rolledBackFrom())
            .map(SecretState::content)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_FOUND,
                        "version " + row.rolledBackFrom() + " of " + name + " is not kept"));
    SecretValue password =
        content
            .field(SecretContent.PASSWORD)
            .orElseThrow(
                () ->
                    SecretException.of(
                        Reason.NOT_POSSIBLE_NOW,
                        "version " + row.rolledBackFrom() + " holds no password"));
    return new Earlier(content, password);
  }

  static SecretValue candidate(RotationRecord row) {
    return row.candidate()
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW,
                    "the password kept for "
                        + row.login()
                        + " cannot be opened; rotate "
                        + row.name()
                        + " --recover takes a new one"));
  }

  /** An earlier version's content and its password. */
  private record Earlier(SecretContent content, SecretValue password) {}
}
