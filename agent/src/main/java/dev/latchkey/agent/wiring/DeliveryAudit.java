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
    String operation = "deliver." + how.name().toLowerCase(Locale.ROOT);
    note(delivery, operation, "", 0, Outcome.GRANTED, "");
  }

  @Override
  public void failed(Delivery delivery, String why) {
    try {
      note(delivery, "deliver", "", 0, Outcome.FAILED, ": " + why);
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
