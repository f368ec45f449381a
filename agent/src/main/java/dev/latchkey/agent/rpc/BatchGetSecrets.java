package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.current.Held;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.BatchGetSecretsResponse;
import dev.latchkey.v1.SecretResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * {@code BatchGetSecrets}: several credentials as they stood at one moment.
 *
 * <p>All are read, then all are looked at again: versions never go down, so where nothing differs
 * between the two passes there was a moment between them at which all of it was current. Otherwise
 * everything is read again, a bounded number of times.
 */
final class BatchGetSecrets
    implements Calls.Unary<BatchGetSecretsRequest, BatchGetSecretsResponse> {

  private static final String AUDITED = "get";
  private static final int MOST_NAMES = 100;
  private static final int TRIES = 10;

  private final Gate gate;
  private final Current current;
  private final Delivery delivery;
  private final Refusals refusals;
  private final Surroundings surroundings;

  BatchGetSecrets(
      Capabilities capabilities, Gate gate, Refusals refusals, Surroundings surroundings) {
    this.gate = gate;
    this.current = capabilities.current();
    this.delivery = new Delivery(capabilities);
    this.refusals = refusals;
    this.surroundings = surroundings;
  }

  @Override
  public void handle(BatchGetSecretsRequest request, Reply<BatchGetSecretsResponse> reply) {
    List<String> names = request.getNamesList();
    if (names.isEmpty() || names.size() > MOST_NAMES) {
      throw SecretException.invalid("names", "must be 1 to " + MOST_NAMES + " names");
    }
    if (new HashSet<>(names).size() != names.size()) {
      throw SecretException.invalid("names", "has a name twice; ask for each once");
    }
    Gate.Asked asked = Gate.Asked.of(reply, AUDITED);
    List<Item> items = names.stream().map(name -> decide(asked, name)).toList();
    reply.attemptOn(
        surroundings.virtualThreads(), () -> reply.answer(answer(asked, readAsOne(reply, items))));
  }

  private Item decide(Gate.Asked asked, String text) {
    try {
      return new Item.Allowed(gate.require(asked, Operation.READ, text));
    } catch (SecretException refused) {
      if (refused.reason() == Reason.LIMIT_EXCEEDED) {
        throw refused;
      }
      return new Item.Failed(text, refused);
    }
  }

  private List<Item> readAsOne(Reply<?> reply, List<Item> items) {
    for (int attempt = 0; attempt < TRIES && !reply.isOver(); attempt++) {
      List<Item> read = items.stream().map(item -> read(reply, item)).toList();
      if (read.stream().allMatch(this::stands)) {
        return read;
      }
    }
    throw SecretException.of(
        Reason.CONFLICT, "the secrets changed each time they were read; ask again");
  }

  private Item read(Reply<?> reply, Item item) {
    return switch (item) {
      case Item.Allowed allowed -> read(reply, allowed.secret);
      case Item.Failed failed -> failed;
      case Item.Read again -> again;
    };
  }

  private Item read(Reply<?> reply, SecretName name) {
    try {
      Held held = current.peek(name).orElseGet(() -> current.read(name));
      delivery.keep(reply.connection(), held.state());
      return new Item.Read(name, held);
    } catch (SecretException failure) {
      return new Item.Failed(name.text(), failure);
    }
  }

  private boolean stands(Item item) {
    return switch (item) {
      case Item.Read read -> stillCurrent(read);
      case Item.Failed failed -> true;
      case Item.Allowed allowed -> false;
    };
  }

  private boolean stillCurrent(Item.Read read) {
    try {
      Held now = current.peek(read.secret).orElseGet(() -> current.read(read.secret));
      return now.state().id().equals(read.held.state().id());
    } catch (SecretException gone) {
      return false;
    }
  }

  private BatchGetSecretsResponse answer(Gate.Asked asked, List<Item> items) {
    Instant now = surroundings.time().now();
    List<SecretResult> results = new ArrayList<>(items.size());
    for (Item item : items) {
      results.add(result(asked, item, now));
    }
    return BatchGetSecretsResponse.newBuilder().addAllResults(results).build();
  }

  private SecretResult result(Gate.Asked asked, Item item, Instant now) {
    SecretResult.Builder result = SecretResult.newBuilder().setName(item.text());
    return switch (item) {
      case Item.Read read -> {
        gate.granted(asked, read.text(), read.held.state().id().version());
        yield result.setCredential(Wire.credential(read.held, now, Wire.Fields.ALL)).build();
      }
      case Item.Failed failed -> {
        if (!isAuditedAlready(failed.why.reason())) {
          gate.failed(asked, failed.name, failed.why);
        }
        yield result.setFailure(refusals.item(failed.why)).build();
      }
      case Item.Allowed allowed ->
          throw new IllegalStateException("an allowed name was neither read nor failed");
    };
  }

  private static boolean isAuditedAlready(Reason reason) {
    return reason == Reason.DENIED || reason == Reason.INVALID_REQUEST;
  }

  /** How far one name of the batch has come. */
  private sealed interface Item {

    String text();

    record Allowed(SecretName secret) implements Item {
      @Override
      public String text() {
        return secret.text();
      }
    }

    record Read(SecretName secret, Held held) implements Item {
      @Override
      public String text() {
        return secret.text();
      }
    }

    record Failed(String name, SecretException why) implements Item {
      @Override
      public String text() {
        return name;
      }
    }
  }
}
