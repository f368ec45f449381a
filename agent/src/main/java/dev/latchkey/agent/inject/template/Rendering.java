package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import java.util.Map;
import java.util.Optional;

/** The pass that renders, over the values of secrets. */
final class Rendering implements Scope {

  private final Map<SecretName, SecretContent> values;
  private final Output output = new Output();
  private final Budget budget = new Budget();

  Rendering(Map<SecretName, SecretContent> values) {
    this.values = values;
  }

  @Override
  public Value field(SecretName secret, String field, Call call) {
    Optional<SecretValue> value = content(secret, call).field(field);
    return value
        .map(found -> Value.ofField(secret, field, found))
        .orElseThrow(() -> call.misuse(Value.origin(secret, field) + " is missing"));
  }

  @Override
  public boolean has(SecretName secret, String field, Call call) {
    return content(secret, call).field(field).isPresent();
  }

  @Override
  public Items fields(SecretName secret, Call call) {
    return Items.fields(secret, content(secret, call));
  }

  @Override
  public Items lines(Value value) {
    return Items.lines(value);
  }

  private SecretContent content(SecretName secret, Call call) {
    SecretContent content = values.get(secret);
    if (content == null) {
      throw call.misuse("secret \"" + secret + "\" is missing");
    }
    return content;
  }

  @Override
  public boolean everyBranch() {
    return false;
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
