package dev.latchkey.agent.rotation;

import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.RotationDeclaration;
import dev.latchkey.agent.catalog.TargetDeclaration;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what would be done and what is missing; changes nothing, at the target or here. Blocks. */
final class RotationPlans {

  private final RotationContext context;

  RotationPlans(RotationContext context) {
    this.context = context;
  }

  Rotations.Plan plan(
      SecretName name, RotationDeclaration declaration, Optional<RotationState> state) {
    Optional<SecretState> current = CurrentLogin.state(context.current(), name);
    String used = current.map(now -> CurrentLogin.of(now.content())).orElse("");
    Target.Login login = login(declaration, declaration.twinOf(used));
    Target target = target(declaration.target());
    Upstream upstream = new Upstream(name, context);
    return new Rotations.Plan(
        steps(declaration, target, login, used, current.isPresent(), upstream.isThere()),
        blocked(declaration, login, target, current, state, upstream));
  }

  private static List<Rotations.PlannedStep> steps(
      RotationDeclaration declaration,
      Target target,
      Target.Login login,
      String used,
      boolean published,
      boolean stores) {
    List<Rotations.PlannedStep> steps = new ArrayList<>();
    steps.add(step("planned", "a new password for " + login.user() + " is made and sealed"));
    steps.add(
        new Rotations.PlannedStep(
            "created",
            login.user() + " and its owner role " + login.owner() + " exist, with their grants",
            target.statements(Target.Step.CREATE, login)));
    steps.add(
        new Rotations.PlannedStep(
            "set",
            "once the last retirement of "
                + login.user()
                + " is over, it gets the password as a verifier made here, and may log in",
            target.statements(Target.Step.SET, login)));
    steps.add(step("verified", "a real login as " + login.user() + " in every declared database"));
    if (stores) {
      steps.add(
          step("stored", "the backend gets it as a new version, if nobody wrote there meanwhile"));
    }
    steps.add(step("published", "the new version becomes current and every watcher is told"));
    if (published && declaration.users().contains(used)) {
      steps.add(
          step(
              "drained",
              used
                  + " keeps working for "
                  + declaration.overlap()
                  + ", less when every holder acknowledged and "
                  + declaration.rollbackWindow()
                  + " passed"));
      steps.add(
          new Rotations.PlannedStep(
              "retired",
              used
                  + " may not log in, its sessions are ended, its old password is tried and"
                  + " refused",
              target.statements(Target.Step.RETIRE, login(declaration, used))));
    }
    return steps;
  }

  private static Rotations.PlannedStep step(String name, String description) {
    return new Rotations.PlannedStep(name, description, List.of());
  }

  private String blocked(
      RotationDeclaration declaration,
      Target.Login login,
      Target target,
      Optional<SecretState> current,
      Optional<RotationState> state,
      Upstream upstream) {
    Optional<RotationState> busy =
        state.filter(now -> !now.step().ends() && now.version() == 0 && !now.id().isEmpty());
    if (busy.isPresent()) {
      return "a rotation is under way, at " + busy.get().step().words();
    }
    try {
      Target.Inspection found = target.inspect(admin(declaration.target()), login);
      if (current.isEmpty() && found.opens()) {
        return "the login role " + login.user() + " exists and can log in; adopt it, or recover";
      }
      upstream.check(RotationKind.ROTATE, current);
      return "";
    } catch (SecretException e) {
      return e.reason() == Reason.BACKEND_REFUSED ? "admin refused" : e.safeMessage();
    }
  }

  Rotations.Adoption adoption(
      RotationDeclaration declaration, String username, SecretValue password) {
    if (!declaration.users().contains(username)) {
      return foreign(declaration, username);
    }
    Target target = target(declaration.target());
    Target.Login login = login(declaration, username);
    Target.Inspection found = target.inspect(admin(declaration.target()), login);
    if (!found.exists()) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the target has no user " + username + "; rotate makes the pair from nothing");
    }
    if (target.prove(login, password) instanceof Target.Proof.Refused refused
        && found.administratorSql().isEmpty()) {
      throw SecretException.of(Reason.NOT_POSSIBLE_NOW, refused.why());
    }
    Target.Login twin = login(declaration, login.twin());
    return new Rotations.Adoption(
        List.of(
            new Rotations.PlannedStep(
                "created",
                "the twin " + twin.user() + " and the owner role exist, with their grants",
                Stream.concat(
                        target.statements(Target.Step.CREATE, login).stream(),
                        target.statements(Target.Step.CREATE, twin).stream())
                    .distinct()
                    .toList()),
            step("verified", "a real login as " + username + " with the password given"),
            step("published", "user and password become the current version; nothing is reset")),
        found.administratorSql(),
        Optional.empty());
  }

  private Rotations.Adoption foreign(RotationDeclaration declaration, String username) {
    Target target = target(declaration.target());
    Target.Login login =
        new Target.Login(username, declaration.users().get(1), declaration.owner());
    List<String> sql = new ArrayList<>();
    sql.add(
        "-- declare users: ["
            + username
            + ", "
            + login.twin()
            + "] in the rotation, or rename the user to one of the declared pair and adopt that");
    sql.addAll(target.inspect(admin(declaration.target()), login).administratorSql());
    return new Rotations.Adoption(
        List.of(
            step(
                "planned",
                username
                    + " is not one of the declared pair "
                    + String.join(", ", declaration.users())
                    + "; nothing is done before it is")),
        sql,
        Optional.empty());
  }

  Rotations.TargetReport check(String targetOrSecret, boolean sqlOnly) {
    TargetDeclaration declared = declared(targetOrSecret);
    Target target = target(declared.name());
    List<Target.Login> logins = loginsOn(declared.name());
    if (sqlOnly) {
      return new Rotations.TargetReport(List.of(), target.grants(adminUser(declared), logins));
    }
    SecretContent admin = Administrators.read(context.current(), declared.admin());
    List<Target.Check> checks = target.check(admin, logins);
    boolean passed = checks.stream().allMatch(Target.Check::passed);
    return new Rotations.TargetReport(
        checks, passed ? List.of() : target.grants(CurrentLogin.of(admin), logins));
  }

  /** The administrator's user name where it is known already, else a name to begin with. */
  private String adminUser(TargetDeclaration declared) {
    try {
      return CurrentLogin.of(Administrators.read(context.current(), declared.admin()));
    } catch (SecretException e) {
      return "latchkey_admin";
    }
  }

  private TargetDeclaration declared(String targetOrSecret) {
    return context
        .catalog()
        .target(targetOrSecret)
        .or(() -> targetOf(targetOrSecret))
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_FOUND,
                    "no target and no rotated secret is declared as " + targetOrSecret));
  }

  private Optional<TargetDeclaration> targetOf(String secret) {
    return context.catalog().declared().stream()
        .filter(declared -> declared.name().text().equals(secret))
        .flatMap(declared -> declared.rotation().stream())
        .map(RotationDeclaration::target)
        .findFirst()
        .flatMap(context.catalog()::target);
  }

  private List<Target.Login> loginsOn(String target) {
    return context.catalog().declared().stream()
        .map(Declaration::rotation)
        .flatMap(Optional::stream)
        .filter(rotation -> rotation.target().equals(target))
        .flatMap(rotation -> rotation.users().stream().map(user -> login(rotation, user)))
        .toList();
  }

  private static Target.Login login(RotationDeclaration rotation, String user) {
    return new Target.Login(user, rotation.twinOf(user), rotation.owner());
  }

  private SecretContent admin(String target) {
    return Administrators.read(context.current(), declared(target).admin());
  }

  private Target target(String name) {
    return Optional.ofNullable(context.targets().get(name))
        .orElseThrow(
            () ->
                SecretException.of(
                    Reason.NOT_POSSIBLE_NOW, "the target " + name + " is not configured"));
  }
}
