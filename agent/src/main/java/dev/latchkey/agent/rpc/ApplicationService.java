package dev.latchkey.agent.rpc;

import dev.latchkey.v1.GetSecretRequest;
import dev.latchkey.v1.LatchkeyGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;

/** Binds the application service's methods to those who handle them. */
final class ApplicationService {

  private final Calls calls;
  private final CredentialEncoder encoder = new CredentialEncoder();
  private final GetSecret getSecret;
  private final BatchGetSecrets batchGetSecrets;
  private final ListSecrets listSecrets;
  private final Watching watching;
  private final Acknowledge acknowledge;
  private final Ciphers ciphers;

  ApplicationService(
      Capabilities capabilities,
      Gate gate,
      Calls calls,
      Refusals refusals,
      Surroundings surroundings) {
    this.calls = calls;
    this.getSecret = new GetSecret(capabilities, gate, encoder, surroundings);
    this.batchGetSecrets = new BatchGetSecrets(capabilities, gate, refusals, surroundings);
    this.listSecrets = new ListSecrets(capabilities, gate, surroundings);
    this.watching = new Watching(capabilities, gate, refusals, surroundings);
    this.acknowledge = new Acknowledge(capabilities, gate, surroundings);
    this.ciphers = new Ciphers(capabilities, gate, refusals, surroundings);
  }

  /** Ends politely what would last: the watches, and the waits for a first value. */
  void stop() {
    watching.stop();
    getSecret.stop();
  }

  ServerServiceDefinition bind() {
    MethodDescriptor<GetSecretRequest, EncodedAnswer> encoded = encodedGetSecret();
    return ServerServiceDefinition.builder(descriptor(encoded))
        .addMethod(calls.unary(encoded, getSecret))
        .addMethod(calls.unary(LatchkeyGrpc.getBatchGetSecretsMethod(), batchGetSecrets))
        .addMethod(calls.unary(LatchkeyGrpc.getListSecretsMethod(), listSecrets))
        .addMethod(calls.streaming(LatchkeyGrpc.getWatchCredentialsMethod(), watching))
        .addMethod(calls.unary(LatchkeyGrpc.getAcknowledgeCredentialsMethod(), acknowledge))
        .addMethod(calls.unary(LatchkeyGrpc.getEncryptMethod(), ciphers::encrypt))
        .addMethod(calls.unary(LatchkeyGrpc.getDecryptMethod(), ciphers::decrypt))
        .build();
  }

  private MethodDescriptor<GetSecretRequest, EncodedAnswer> encodedGetSecret() {
    MethodDescriptor<GetSecretRequest, ?> generated = LatchkeyGrpc.getGetSecretMethod();
    return generated.toBuilder(generated.getRequestMarshaller(), encoder).build();
  }

  /**
   * The generated descriptor with one method's answers as bytes; reflection sees the same schema.
   */
  private static ServiceDescriptor descriptor(MethodDescriptor<?, ?> encoded) {
    ServiceDescriptor generated = LatchkeyGrpc.getServiceDescriptor();
    ServiceDescriptor.Builder builder =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor());
    for (MethodDescriptor<?, ?> method : generated.getMethods()) {
      boolean isEncoded = method.getFullMethodName().equals(encoded.getFullMethodName());
      builder.addMethod(isEncoded ? encoded : method);
    }
    return builder.build();
  }
}
