package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pass that notes which secrets a template uses: every branch is gone through once, with empty
 * values.
 */
final class Survey implements Scope {

  private final List<Reference> references = new ArrayList<>();
  private final Output output = new Output();
  private final Budget budget = new Budget();

  List<Reference> references() {
    return references;
  }

  @Override
  public Value field(SecretName secret, String field, Call call) {
    note(secret, Optional.of(field), false, call);
    return Value.ofText("", Value.origin(secret, field));
  }

  @Override
  public boolean has(SecretName secret, String field, Call call) {
    note(secret, Optional.of(field), true, call);
    return true;
  }

  @Override
  public Items fields(SecretName secret, Call call) {
    note(secret, Optional.empty(), false, call);
    Value nothing = Value.ofText("", "a field of secret \"" + secret + "\"");
    return Items.one(nothing);
  }

  @Override
  public Items lines(Value value) {
    Value nothing = Value.ofText("", "a line of " + value.origin());
    return Items.one(nothing);
  }

  private void note(SecretName secret, Optional<String> field, boolean optional, Call call) {
    references.add(new Reference(secret, field, optional, call.line(), call.column()));
  }

  @Override
  public boolean everyBranch() {
    return true;
  }

  @Override
  public Output output() {
    return output;
  }

  @Override
  public Budget budget() {
    return budget;
  }
}
