package dev.latchkey.agent.rpc;

import dev.latchkey.agent.rotation.RotationState;
import dev.latchkey.agent.rotation.Rotations;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.supply.Supply;
import dev.latchkey.agent.supply.Supply.VersionChange;
import dev.latchkey.v1.DeleteSecretRequest;
import dev.latchkey.v1.DeleteSecretResponse;
import dev.latchkey.v1.DestroySecretRequest;
import dev.latchkey.v1.DestroySecretResponse;
import dev.latchkey.v1.UndeleteSecretRequest;
import dev.latchkey.v1.UndeleteSecretResponse;
import java.util.List;

/**
 * What an operator does to single versions at a secret manager: delete, undelete, destroy. Blocks;
 * never on the event loop.
 */
final class OperatorVersions {

  private static final int MOST = 100;

  private final Supply supply;
  private final Rotations rotations;

  OperatorVersions(Supply supply, Rotations rotations) {
    this.supply = supply;
    this.rotations = rotations;
  }

  DeleteSecretResponse delete(DeleteSecretRequest request, Reply<?> reply) {
    return DeleteSecretResponse.newBuilder()
        .addAllVersions(
            change(
                VersionChange.Kind.DELETE,
                request.getName(),
                request.getVersionsList(),
                request.getRequestId(),
                reply))
        .build();
  }

  UndeleteSecretResponse undelete(UndeleteSecretRequest request, Reply<?> reply) {
    requireNamed(request.getVersionsList());
    return UndeleteSecretResponse.newBuilder()
        .addAllVersions(
            change(
                VersionChange.Kind.UNDELETE,
                request.getName(),
                request.getVersionsList(),
                request.getRequestId(),
                reply))
        .build();
  }

  DestroySecretResponse destroy(DestroySecretRequest request, Reply<?> reply) {
    requireNamed(request.getVersionsList());
    return DestroySecretResponse.newBuilder()
        .addAllVersions(
            change(
                VersionChange.Kind.DESTROY,
                request.getName(),
                request.getVersionsList(),
                request.getRequestId(),
                reply))
        .build();
  }

  private static void requireNamed(List<String> versions) {
    if (versions.isEmpty()) {
      throw SecretException.invalid("versions", "is empty; name what is meant, such as 3");
    }
  }

  private List<String> change(
      VersionChange.Kind kind,
      String text,
      List<String> versions,
      String requestId,
      Reply<?> reply) {
    OperatorSecrets.checkRequestId(requestId);
    if (versions.size() > MOST || versions.stream().anyMatch(String::isEmpty)) {
      throw SecretException.invalid("versions", "must be at most 100, and none of them empty");
    }
    SecretName name = new SecretName(text);
    rotations.state(name).ifPresent(state -> refuseWhatItNeeds(state, kind));
    return supply.change(
        new VersionChange(
            name, kind, versions, requestId, reply.connection().actor(), reply.traceId()));
  }

  /**
   * A rotation under way owns the versions. One that drains needs the version before its own until
   * that is retired: to roll back to, and to prove then that its password opens nothing any more.
   */
  private static void refuseWhatItNeeds(RotationState state, VersionChange.Kind kind) {
    if (state.id().isEmpty() || state.step().ends()) {
      return;
    }
    if (state.version() == 0) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "a rotation of "
              + state.name()
              + " is under way and owns its versions; ask again when it is over");
    }
    if (kind != VersionChange.Kind.UNDELETE) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW,
          "the version before the last rotation of "
              + state.name()
              + " is still in use and not retired yet, so no version is taken away; ask again "
              + state.retireAt().map(at -> "after " + at).orElse("when it is retired"));
    }
  }
}
