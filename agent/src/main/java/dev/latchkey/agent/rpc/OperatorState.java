package dev.latchkey.agent.rpc;

import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.crypto.Keyrings;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.v1.BackupStateRequest;
import dev.latchkey.v1.BackupStateResponse;
import dev.latchkey.v1.ComponentStatus;
import dev.latchkey.v1.GetStatusRequest;
import dev.latchkey.v1.GetStatusResponse;
import dev.latchkey.v1.RotateKeyringRequest;
import dev.latchkey.v1.RotateKeyringResponse;
import dev.latchkey.v1.SecretStatus;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * What an operator asks of the agent as a whole: status, backup, keyrings. Blocks; never on the
 * event loop.
 */
final class OperatorState {

  private final Capabilities capabilities;
  private final Summaries summaries;
  private final TimeSource time;
  private final String agentVersion;
  private final Instant startedAt;

  OperatorState(Capabilities capabilities, String agentVersion, TimeSource time) {
    this.capabilities = capabilities;
    this.time = time;
    this.summaries = new Summaries(capabilities);
    this.agentVersion = agentVersion;
    this.startedAt = time.now();
  }

  GetStatusResponse status(GetStatusRequest request, Reply<?> reply) {
    Readiness.Report report = capabilities.readiness().report();
    GetStatusResponse.Builder answer =
        GetStatusResponse.newBuilder()
            .setHealth(word(report.level()))
            .setReady(report.ready())
            .setAgentVersion(agentVersion)
            .setEpoch(capabilities.current().epoch().id())
            .setStartedAt(Wire.timestamp(startedAt))
            .setWatchers(capabilities.watches().openWatches());
    report.components().stream().map(OperatorState::component).forEach(answer::addComponents);
    report.secrets().stream().map(this::secret).forEach(answer::addSecrets);
    capabilities.rotations().states().stream()
        .map(OperatorRotations::status)
        .forEach(answer::addRotations);
    return answer.build();
  }

  private static String word(ComponentHealth.Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  static String word(Readiness.Condition condition) {
    return condition.name().toLowerCase(Locale.ROOT);
  }

  private static ComponentStatus component(ComponentHealth health) {
    return ComponentStatus.newBuilder()
        .setName(health.component())
        .setHealth(word(health.level()))
        .setReason(health.reason())
        .build();
  }

  private SecretStatus secret(Readiness.SecretHealth health) {
    return SecretStatus.newBuilder()
        .setSummary(summaries.of(health.name()))
        .setCondition(word(health.condition()))
        .setReason(health.reason())
        .build();
  }

  BackupStateResponse backup(BackupStateRequest request, Reply<?> reply) {
    Path file = path(request.getPath());
    long size = capabilities.backup().backup(file);
    return BackupStateResponse.newBuilder().setPath(file.toString()).setSize(size).build();
  }

  private static Path path(String text) {
    try {
      Path file = Path.of(text);
      if (text.isEmpty() || !file.isAbsolute()) {
        throw SecretException.invalid("path", "must be absolute");
      }
      return file;
    } catch (InvalidPathException wrong) {
      throw SecretException.invalid("path", "is no path of this machine");
    }
  }

  RotateKeyringResponse rotateKeyring(RotateKeyringRequest request, Reply<?> reply) {
    String keyring = request.getKeyring();
    Keyrings.KeyVersion key =
        capabilities
            .keyrings()
            .rotate(
                keyring,
                (transaction, added) ->
                    capabilities.audit().change(transaction, rotated(keyring, added, reply)));
    return RotateKeyringResponse.newBuilder()
        .setKeyVersion(key.version())
        .setKeyId(key.keyId())
        .build();
  }

  private AuditRecord rotated(String keyring, Keyrings.KeyVersion added, Reply<?> reply) {
    return new AuditRecord(
        time.now(),
        reply.connection().actor(),
        "keyring.rotate",
        "",
        added.version(),
        AuditRecord.Outcome.DONE,
        "keyring " + keyring + ", key " + Integer.toUnsignedString(added.keyId()),
        reply.traceId());
  }
}
