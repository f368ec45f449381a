package dev.latchkey.acceptance;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;

/**
 * Halts the agent's JVM at one moment of one step, as a power cut would.
 *
 * <p>Reaches the agent by the class path of the tests alone; the property names the moment, such as
 * {@code SET:AFTER_WRITE}.
 */
public final class HaltAtStep implements StepListener {

  static final String PROPERTY = "latchkey.test.halt";
  static final int EXIT = 137;

  @Override
  public void at(SecretName name, String rotationId, RotationStep step, Moment moment) {
    if ((step + ":" + moment).equals(System.getProperty(PROPERTY))) {
      Runtime.getRuntime().halt(EXIT);
    }
  }
}
