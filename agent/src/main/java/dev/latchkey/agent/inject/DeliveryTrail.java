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

  /**
   * Notes that what was written is about to be blanked or removed.
   *
   * @throws dev.latchkey.agent.secret.SecretException when the audit cannot take it; then nothing
   *     is taken back
   */
  void takesBack(Delivery delivery, Delivery.Leaving how);

  /** Notes that a state which was noted was not written after all; never throws. */
  void failed(Delivery delivery, SecretState state, String why);

  /** Notes that what was noted to be blanked or removed was not; never throws. */
  void failed(Delivery delivery, Delivery.Leaving how, String why);
}
