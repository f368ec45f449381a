package dev.latchkey.agent.inject;

import dev.latchkey.agent.secret.SecretState;

/** Where deliveries are written down for the audit. */
public interface DeliveryTrail {

  /**
   * Notes that {@code state} is about to be written.
   *
   * @throws dev.latchkey.agent.secret.SecretException when the audit cannot take it; then nothing
   *     is written
   */
  void delivers(Delivery delivery, SecretState state);

  /** Notes that what was written was blanked or removed. */
  void takesBack(Delivery delivery, Delivery.Leaving how);
}
