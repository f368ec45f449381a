package dev.latchkey.agent.target;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Login roles in memory, with the faults that a test asks for. Used by one thread. */
public final class FakeTarget implements Target {

  private final Map<String, Role> roles = new TreeMap<>();
  private final Set<String> setOwner = new TreeSet<>();
  private final List<String> calls = new ArrayList<>();
  private boolean adminRefused;
  private boolean down;
  private boolean proofsRefused;
  private Consumer<String> onRetire = user -> {};

  /** How one role is. */
  public record Role(boolean opens, Optional<SecretValue> password, int sessions) {}

  public void refuseAdmin(boolean refused) {
    adminRefused = refused;
  }

  public void down(boolean isDown) {
    down = isDown;
  }

  public void refuseProofs(boolean refused) {
    proofsRefused = refused;
  }

  /** Turns the administrator from accepted to refused, or back. */
  public void turnAdmin() {
    adminRefused = !adminRefused;
  }

  /** Turns the target from up to down, or back. */
  public void turnDown() {
    down = !down;
  }

  /** Turns proofs from given to refused, or back. */
  public void turnProofs() {
    proofsRefused = !proofsRefused;
  }

  /** Calls {@code check} with the user before each retirement. */
  public void onRetire(Consumer<String> check) {
    onRetire = check;
  }

  public void role(String user, boolean opens, String password, int sessions) {
    roles.put(user, new Role(opens, Optional.of(SecretValue.ofText(password)), sessions));
  }

  public void openSessions(String user, int sessions) {
    Role role = role(user);
    roles.put(user, new Role(role.opens(), role.password(), sessions));
  }

  public Role role(String user) {
    return roles.getOrDefault(user, new Role(false, Optional.empty(), 0));
  }

  public boolean opens(String user, SecretValue password) {
    return role(user).opens() && role(user).password().filter(password::equals).isPresent();
  }

  public List<String> calls() {
    return List.copyOf(calls);
  }

  private void administer(String call) {
    reach();
    if (adminRefused) {
      throw SecretException.of(Reason.BACKEND_REFUSED, "the target refuses the administrator");
    }
    calls.add(call);
  }

  private void reach() {
    if (down) {
      throw SecretException.of(Reason.UNAVAILABLE, "the target cannot be reached");
    }
  }

  @Override
  public void create(SecretContent admin, Login login) {
    administer("create " + login.user());
    setOwner.add(login.user());
    roles.putIfAbsent(login.user(), new Role(false, Optional.empty(), 0));
  }

  @Override
  public void set(SecretContent admin, Login login, SecretValue password) {
    administer("set " + login.user());
    roles.put(login.user(), new Role(true, Optional.of(password), role(login.user()).sessions()));
  }

  @Override
  public Proof prove(Login login, SecretValue password) {
    reach();
    if (proofsRefused || !opens(login.user(), password)) {
      return new Proof.Refused("the login " + login.user() + " is refused");
    }
    return setOwner.contains(login.user())
        ? new Proof.Opened()
        : new Proof.WithoutOwner(login.user() + " does not set the owner role");
  }

  @Override
  public int sessions(SecretContent admin, Login login) {
    return role(login.user()).sessions();
  }

  @Override
  public Retirement retire(SecretContent admin, Login login, SecretValue password) {
    administer("retire " + login.user());
    onRetire.accept(login.user());
    int ended = role(login.user()).sessions();
    roles.put(login.user(), new Role(false, Optional.empty(), 0));
    return new Retirement(ended);
  }

  @Override
  public Inspection inspect(SecretContent admin, Login login) {
    administer("inspect " + login.user());
    return new Inspection(roles.containsKey(login.user()), role(login.user()).opens(), List.of());
  }

  @Override
  public Map<String, String> coordinates() {
    return Map.of("host", "db", "port", "5432", "database", "orders", "url", "jdbc:fake:orders");
  }

  @Override
  public List<Check> check(SecretContent admin, List<Login> logins) {
    administer("check");
    return List.of(new Check("the administrator logs in", true, ""));
  }

  @Override
  public List<String> grants(String adminUser, List<Login> logins) {
    return List.of("GRANT to " + adminUser);
  }

  @Override
  public List<String> statements(Step step, Login login) {
    return List.of(step + " " + login.user());
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("target");
  }
}
