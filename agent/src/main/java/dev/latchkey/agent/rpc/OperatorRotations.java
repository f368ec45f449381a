package dev.latchkey.agent.rpc;

import dev.latchkey.agent.rotation.RotationState;
import dev.latchkey.agent.rotation.Rotations;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.target.Target;
import dev.latchkey.v1.AdoptCredentialRequest;
import dev.latchkey.v1.AdoptCredentialResponse;
import dev.latchkey.v1.CheckTargetRequest;
import dev.latchkey.v1.CheckTargetResponse;
import dev.latchkey.v1.PlanRotationRequest;
import dev.latchkey.v1.PlanRotationResponse;
import dev.latchkey.v1.PlannedStep;
import dev.latchkey.v1.RecoverCredentialRequest;
import dev.latchkey.v1.RollbackSecretRequest;
import dev.latchkey.v1.RotateSecretRequest;
import dev.latchkey.v1.RotationProgress;
import dev.latchkey.v1.RotationStatus;
import dev.latchkey.v1.TargetCheck;
import java.util.function.Consumer;

/** What an operator asks of rotations. Blocks; never on the event loop. */
final class OperatorRotations {

  private static final int LONGEST_REQUEST_ID = 128;

  private final Rotations rotations;

  OperatorRotations(Rotations rotations) {
    this.rotations = rotations;
  }

  PlanRotationResponse plan(PlanRotationRequest request, Reply<?> reply) {
    Rotations.Plan plan = rotations.plan(new SecretName(request.getName()));
    PlanRotationResponse.Builder answer =
        PlanRotationResponse.newBuilder().setBlocked(plan.blocked());
    plan.steps().stream().map(OperatorRotations::step).forEach(answer::addSteps);
    return answer.build();
  }

  void rotate(RotateSecretRequest request, StreamReply<RotationProgress> reply) {
    if (request.getRequestId().length() > LONGEST_REQUEST_ID) {
      throw SecretException.invalid("request_id", "is longer than 128 characters");
    }
    SecretName name = new SecretName(request.getName());
    stream(
        reply,
        progress ->
            rotations.rotate(name, request.getRequestId(), reply.connection().actor(), progress));
  }

  void rollback(RollbackSecretRequest request, StreamReply<RotationProgress> reply) {
    SecretName name = new SecretName(request.getName());
    stream(
        reply,
        progress ->
            rotations.rollback(name, request.getVersion(), reply.connection().actor(), progress));
  }

  void recover(RecoverCredentialRequest request, StreamReply<RotationProgress> reply) {
    SecretName name = new SecretName(request.getName());
    stream(reply, progress -> rotations.recover(name, reply.connection().actor(), progress));
  }

  /**
   * Sends each step, then where the rotation stands when the call returns, unless that was the last
   * step sent.
   */
  private static void stream(StreamReply<RotationProgress> reply, Run run) {
    Last last = new Last(reply);
    last.accept(run.run(last));
    reply.complete();
  }

  AdoptCredentialResponse adopt(AdoptCredentialRequest request, Reply<?> reply) {
    SecretValue password = Wire.value(request.getPassword());
    Rotations.Adoption adoption =
        rotations.adopt(
            new SecretName(request.getName()),
            request.getUsername(),
            password,
            request.getPlanOnly(),
            reply.connection().actor());
    AdoptCredentialResponse.Builder answer =
        AdoptCredentialResponse.newBuilder().addAllAdministratorSql(adoption.administratorSql());
    adoption.steps().stream().map(OperatorRotations::step).forEach(answer::addSteps);
    adoption.state().ifPresent(state -> answer.setState(Wire.stateId(state)));
    return answer.build();
  }

  CheckTargetResponse check(CheckTargetRequest request, Reply<?> reply) {
    if (request.getName().isEmpty()) {
      throw SecretException.invalid("name", "is empty; name a target or a secret rotated on it");
    }
    Rotations.TargetReport report = rotations.check(request.getName(), request.getSql());
    CheckTargetResponse.Builder answer =
        CheckTargetResponse.newBuilder().addAllAdministratorSql(report.administratorSql());
    report.checks().stream().map(OperatorRotations::check).forEach(answer::addChecks);
    return answer.build();
  }

  private static PlannedStep step(Rotations.PlannedStep step) {
    return PlannedStep.newBuilder()
        .setStep(step.step())
        .setDescription(step.description())
        .addAllStatements(step.statements())
        .build();
  }

  private static TargetCheck check(Target.Check check) {
    return TargetCheck.newBuilder()
        .setCheck(check.name())
        .setPassed(check.passed())
        .setDetail(check.detail())
        .build();
  }

  static RotationStatus status(RotationState state) {
    RotationStatus.Builder status =
        RotationStatus.newBuilder()
            .setRotationId(state.id())
            .setName(state.name().text())
            .setStep(state.step().words())
            .setWaiting(state.waiting())
            .setFailure(state.failure())
            .setLogin(state.login())
            .setVersion(state.version())
            .setStartedAt(Wire.timestamp(state.startedAt()))
            .setStepAt(Wire.timestamp(state.stepAt()))
            .setEndedSessions(state.endedSessions());
    state.nextAt().ifPresent(at -> status.setNextAt(Wire.timestamp(at)));
    state.retireAt().ifPresent(at -> status.setRetireAt(Wire.timestamp(at)));
    return status.build();
  }

  @FunctionalInterface
  private interface Run {
    RotationState run(Consumer<RotationState> progress);
  }

  /** Sends a state unless it was the last one sent. */
  private static final class Last implements Consumer<RotationState> {

    private final StreamReply<RotationProgress> reply;
    private RotationStatus sent = RotationStatus.getDefaultInstance();

    Last(StreamReply<RotationProgress> reply) {
      this.reply = reply;
    }

    @Override
    public synchronized void accept(RotationState state) {
      RotationStatus status = status(state);
      if (!status.equals(sent)) {
        sent = status;
        reply.send(RotationProgress.newBuilder().setStatus(status).build());
      }
    }
  }
}
