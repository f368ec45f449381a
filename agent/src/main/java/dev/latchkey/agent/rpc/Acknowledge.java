package dev.latchkey.agent.rpc;

import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.AcknowledgeCredentialsResponse;

/** {@code AcknowledgeCredentials}: nothing older than this version is in use by the subscriber. */
final class Acknowledge
    implements Calls.Unary<AcknowledgeCredentialsRequest, AcknowledgeCredentialsResponse> {

  private static final int LONGEST_SUBSCRIPTION = 128;

  private final Gate gate;
  private final Holders holders;
  private final Surroundings surroundings;

  Acknowledge(Capabilities capabilities, Gate gate, Surroundings surroundings) {
    this.gate = gate;
    this.holders = capabilities.holders();
    this.surroundings = surroundings;
  }

  @Override
  public void handle(
      AcknowledgeCredentialsRequest request, Reply<AcknowledgeCredentialsResponse> reply) {
    SecretName name = new SecretName(request.getName());
    String subscription = request.getSubscriptionId();
    if (subscription.isEmpty() || subscription.length() > LONGEST_SUBSCRIPTION) {
      throw SecretException.invalid("subscription_id", "is none that this agent gave");
    }
    if (request.getVersion() < 1) {
      throw SecretException.invalid("version", "begins at 1");
    }
    Gate.Asked asked = Gate.Asked.of(reply, "acknowledge");
    reply.attemptOn(
        surroundings.virtualThreads(),
        () -> {
          acknowledge(asked, subscription, name, request.getVersion());
          reply.answer(AcknowledgeCredentialsResponse.getDefaultInstance());
        });
  }

  private void acknowledge(Gate.Asked asked, String subscription, SecretName name, long version) {
    try {
      holders.acknowledge(asked.connection().caller(), subscription, name, version);
    } catch (SecretException refused) {
      throw refused.reason() == Reason.DENIED ? gate.denied(asked, name.text()) : refused;
    }
    gate.granted(asked, name.text(), version);
  }
}
