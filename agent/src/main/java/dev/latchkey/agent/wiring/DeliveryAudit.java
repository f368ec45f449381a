package dev.latchkey.agent.wiring;

import dev.latchkey.agent.audit.AuditLog;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.audit.AuditRecord.Outcome;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.DeliveryTrail;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.time.TimeSource;
import java.util.Locale;

/** Deliveries in the audit: who is {@code file:NAME}, and the detail is the path. */
record DeliveryAudit(AuditLog audit, TimeSource time) implements DeliveryTrail {

  @Override
  public void delivers(Delivery delivery, SecretState state) {
    note(delivery, "deliver", state.name().text(), state.id().version(), Outcome.GRANTED, "");
  }

  @Override
  public void takesBack(Delivery delivery, Delivery.Leaving how) {
    note(delivery, operation(how), "", 0, Outcome.GRANTED, "");
  }

  private static String operation(Delivery.Leaving how) {
    return "deliver." + how.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void failed(Delivery delivery, SecretState state, String why) {
    noteFailed(delivery, "deliver", state.name().text(), state.id().version(), why);
  }

  @Override
  public void failed(Delivery delivery, Delivery.Leaving how, String why) {
    noteFailed(delivery, operation(how), "", 0, why);
  }

  private void noteFailed(
      Delivery delivery, String operation, String secret, long version, String why) {
    try {
      note(delivery, operation, secret, version, Outcome.FAILED, ": " + why);
    } catch (SecretException full) {
      // What comes next is noted before it is tried, and is not tried then.
      return;
    }
  }

  private void note(
      Delivery delivery,
      String operation,
      String secret,
      long version,
      Outcome outcome,
      String detail) {
    audit.access(
        new AuditRecord(
            time.now(),
            delivery.actor(),
            operation,
            secret,
            version,
            outcome,
            delivery.placement().path() + detail,
            ""));
  }
}
