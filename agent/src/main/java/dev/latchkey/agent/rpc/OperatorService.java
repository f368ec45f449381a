package dev.latchkey.agent.rpc;

import dev.latchkey.agent.lifecycle.Ending;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import dev.latchkey.v1.QuitRequest;
import dev.latchkey.v1.QuitResponse;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Binds the operator service's methods to those who handle them. Each call runs on the operator
 * server's executor and may block, and each that names something is written into the audit before
 * it acts.
 */
final class OperatorService {

  private final Calls calls;
  private final Gate gate;
  private final Executor executor;
  private final OperatorSecrets secrets;
  private final OperatorVersions versions;
  private final OperatorRotations rotations;
  private final OperatorAudit audit;
  private final OperatorState state;
  private final OperatorLeases leases;
  private final Ending ending;

  OperatorService(
      Capabilities capabilities,
      Gate gate,
      Calls calls,
      TimeSource time,
      Executor executor,
      String agentVersion) {
    this.calls = calls;
    this.executor = executor;
    this.gate = gate;
    this.secrets = new OperatorSecrets(capabilities, time);
    this.versions = new OperatorVersions(capabilities.supply(), capabilities.rotations());
    this.rotations = new OperatorRotations(capabilities.rotations());
    this.audit = new OperatorAudit(capabilities.audit());
    this.leases = new OperatorLeases(capabilities.leases());
    this.state = new OperatorState(capabilities, agentVersion, time);
    this.ending = capabilities.ending();
  }

  /** Ends politely what would last: the followed audits. */
  void stop() {
    audit.stop();
  }

  ServerServiceDefinition bind() {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(LatchkeyOperatorGrpc.getServiceDescriptor());
    bindSecrets(service);
    bindRotations(service);
    bindLeases(service);
    bindState(service);
    return service.build();
  }

  private void bindSecrets(ServerServiceDefinition.Builder service) {
    service
        .addMethod(
            unary(LatchkeyOperatorGrpc.getPutSecretMethod(), "put", r -> r.getName(), secrets::put))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getExplainSecretMethod(),
                "explain",
                r -> r.getName(),
                secrets::explain))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getDeleteSecretMethod(),
                "delete",
                r -> r.getName(),
                versions::delete))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getUndeleteSecretMethod(),
                "undelete",
                r -> r.getName(),
                versions::undelete))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getDestroySecretMethod(),
                "destroy",
                r -> r.getName(),
                versions::destroy))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getGetHistoryMethod(),
                "history",
                r -> r.getName(),
                secrets::history));
  }

  private void bindRotations(ServerServiceDefinition.Builder service) {
    service
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getPlanRotationMethod(),
                "plan",
                r -> r.getName(),
                rotations::plan))
        .addMethod(
            streaming(
                LatchkeyOperatorGrpc.getRotateSecretMethod(),
                "rotate",
                r -> r.getName(),
                rotations::rotate))
        .addMethod(
            streaming(
                LatchkeyOperatorGrpc.getRollbackSecretMethod(),
                "rollback",
                r -> r.getName(),
                rotations::rollback))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getAdoptCredentialMethod(),
                "adopt",
                r -> r.getName(),
                rotations::adopt))
        .addMethod(
            streaming(
                LatchkeyOperatorGrpc.getRecoverCredentialMethod(),
                "recover",
                r -> r.getName(),
                rotations::recover))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getCheckTargetMethod(),
                "target.check",
                r -> r.getName(),
                rotations::check));
  }

  private void bindLeases(ServerServiceDefinition.Builder service) {
    service
        .addMethod(
            unary(LatchkeyOperatorGrpc.getListLeasesMethod(), "lease.list", r -> "", leases::list))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getRevokeLeaseMethod(),
                "lease.revoke",
                r -> r.getId(),
                leases::revoke));
  }

  private void bindState(ServerServiceDefinition.Builder service) {
    service
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getRotateKeyringMethod(),
                "keyring.rotate",
                r -> r.getKeyring(),
                state::rotateKeyring))
        .addMethod(
            streaming(
                LatchkeyOperatorGrpc.getTailAuditMethod(), "audit.tail", r -> "", audit::tail))
        .addMethod(
            unary(
                LatchkeyOperatorGrpc.getVerifyAuditMethod(),
                "audit.verify",
                r -> "",
                audit::verify))
        .addMethod(
            unary(LatchkeyOperatorGrpc.getBackupStateMethod(), "backup", r -> "", state::backup))
        .addMethod(
            calls.unary(
                LatchkeyOperatorGrpc.getGetStatusMethod(),
                (request, reply) -> reply.answer(state.status(request, reply))))
        .addMethod(calls.unary(LatchkeyOperatorGrpc.getQuitMethod(), this::quit));
  }

  /** Answers before it ends, since nobody could answer afterwards. */
  private void quit(QuitRequest request, Reply<QuitResponse> reply) {
    gate.granted(Gate.Asked.of(reply, "operator.quit"), "", 0);
    reply.answer(QuitResponse.getDefaultInstance());
    ending.ask("asked by " + reply.connection().actor(), request.getApplicationEnded());
  }

  private <Q, A> ServerMethodDefinition<Q, A> unary(
      MethodDescriptor<Q, A> method,
      String operation,
      Function<Q, String> subject,
      BiFunction<Q, Reply<A>, A> handler) {
    return calls.unary(
        method,
        (request, reply) -> {
          gate.granted(Gate.Asked.of(reply, "operator." + operation), subject.apply(request), 0);
          reply.answer(handler.apply(request, reply));
        });
  }

  private <Q, A> ServerMethodDefinition<Q, A> streaming(
      MethodDescriptor<Q, A> method,
      String operation,
      Function<Q, String> subject,
      Calls.Streaming<Q, A> handler) {
    return calls.streaming(
        method,
        (request, reply) -> {
          gate.granted(Gate.Asked.of(reply, "operator." + operation), subject.apply(request), 0);
          reply.attemptOn(executor, () -> handler.handle(request, reply));
        });
  }
}
