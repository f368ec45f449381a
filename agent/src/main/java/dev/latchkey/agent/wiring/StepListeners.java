package dev.latchkey.agent.wiring;

import dev.latchkey.agent.rotation.RotationStep;
import dev.latchkey.agent.rotation.StepListener;
import dev.latchkey.agent.secret.SecretName;
import java.util.List;

/** Several listeners as one, told in their order. */
record StepListeners(List<StepListener> listeners) implements StepListener {

  StepListeners {
    listeners = List.copyOf(listeners);
  }

  @Override
  public void at(SecretName name, String rotationId, RotationStep step, Moment moment) {
    listeners.forEach(listener -> listener.at(name, rotationId, step, moment));
  }

  @Override
  public void failed(SecretName name, String rotationId, RotationStep step) {
    listeners.forEach(listener -> listener.failed(name, rotationId, step));
  }

  @Override
  public void ended(SecretName name, String rotationId) {
    listeners.forEach(listener -> listener.ended(name, rotationId));
  }
}
