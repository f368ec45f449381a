package dev.latchkey.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.latchkey.agent.attest.process.ApplicationAttestor;
import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.audit.AuditRecord;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.WatchCredentialsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that is not attested is refused, and the refusal is in the audit and in the metrics. */
class UnattestedTest {

  @TempDir private Path directory;

  @Test
  void eachRefusedCallIsWrittenDownWithTheKernelsWordForTheCaller() throws Exception {
    try (ServedAgent agent = strict(OpenTelemetry.noop())) {
      assertRefused(() -> agent.client().getSecret(GetSecretRequest.getDefaultInstance()));
      assertRefused(
          () ->
              agent
                  .client()
                  .watchCredentials(WatchCredentialsRequest.getDefaultInstance())
                  .hasNext());
      assertThat(agent.audit.records)
          .extracting(AuditRecord::outcome)
          .containsExactly(AuditRecord.Outcome.DENIED, AuditRecord.Outcome.DENIED);
      assertThat(agent.audit.records)
          .extracting(AuditRecord::detail)
          .containsExactly("GetSecret", "WatchCredentials");
      assertThat(agent.audit.records)
          .allSatisfy(
              record -> {
                assertThat(record.operation()).isEqualTo("unattested");
                assertThat(record.actor()).matches("uid " + OwnUser.uid() + " gid \\d+ pid \\d+");
              });
    }
  }

  @Test
  void anOperatorThatIsNoneIsWrittenDownToo() throws Exception {
    try (ServedAgent agent =
        new ServedAgent(
            directory,
            new ApplicationAttestor(OwnUser.uid(), true, false),
            peer -> {
              throw SecretException.of(Reason.UNKNOWN_CALLER, "no operator");
            },
            OpenTelemetry.noop())) {
      assertRefused(() -> agent.operator().putSecret(PutSecretRequest.getDefaultInstance()));
      assertThat(agent.audit.records)
          .singleElement()
          .satisfies(record -> assertThat(record.detail()).isEqualTo("PutSecret"));
    }
  }

  @Test
  void aRefusalThatCannotBeWrittenDownSaysThat() throws Exception {
    try (ServedAgent agent = strict(OpenTelemetry.noop())) {
      agent.audit.isFull = true;
      StatusRuntimeException refusal =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> agent.client().getSecret(GetSecretRequest.getDefaultInstance()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void eachRefusedCallIsMeasured() throws Exception {
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
                .build();
        ServedAgent agent = strict(sdk)) {
      assertRefused(() -> agent.client().getSecret(GetSecretRequest.getDefaultInstance()));
      assertThat(reader.collectAllMetrics())
          .anySatisfy(
              metric -> {
                assertThat(metric.getName()).isEqualTo("latchkey.call.duration");
                assertThat(metric.getHistogramData().getPoints())
                    .anySatisfy(
                        point ->
                            assertThat(point.getAttributes().toString())
                                .contains("latchkey.v1.Latchkey/GetSecret", "16"));
              });
    }
  }

  private ServedAgent strict(OpenTelemetry telemetry) {
    return new ServedAgent(
        directory, new ApplicationAttestor(OwnUser.uid(), false, false), telemetry);
  }

  private static void assertRefused(ThrowingCallable call) {
    StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }
}
