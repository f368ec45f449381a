package dev.latchkey.cli.command;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Says what is missing by what an application may ask: gRPC's own health, then a watch without
 * values, which stays open until all is there.
 */
final class WaitByWatch {
  /**
   * The two messages of {@code grpc.health.v1.Health/Check} have the wire form of these: one text,
   * one number.
   */
  private static final MethodDescriptor<StringValue, Int32Value> CHECK =
      MethodDescriptor.<StringValue, Int32Value>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Int32Value.getDefaultInstance()))
          .build();

  private static final int SERVING = 1;

  private final AgentCommand command;
  private final Patience patience;

  WaitByWatch(AgentCommand command, Patience patience) {
    this.command = command;
    this.patience = patience;
  }

  /** What is missing, with the reasons; empty when nothing is. */
  String missing(Set<String> wanted) {
    wanted.stream().filter(name -> name.startsWith("file:")).findFirst().ifPresent(this::refuse);
    if (!isServing()) {
      return "the agent (not ready: a required secret is missing)";
    }
    Map<String, String> missing = new TreeMap<>();
    wanted.forEach(name -> missing.put(name, "not heard of yet"));
    if (!missing.isEmpty()) {
      follow(missing);
    }
    return Patience.line(missing);
  }

  private void refuse(String name) {
    throw CommandFailure.usage(
        "'" + name + "': files are told of on the operator socket alone",
        "Name it with --operator-socket, as a user who may reach it.");
  }

  private boolean isServing() {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(patience.left().toMillis(), TimeUnit.MILLISECONDS);
    Int32Value status =
        ClientCalls.blockingUnaryCall(
            command.applicationChannel(), CHECK, options, StringValue.getDefaultInstance());
    return status.getValue() == SERVING;
  }

  private void follow(Map<String, String> missing) {
    WatchCredentialsRequest.Builder request =
        WatchCredentialsRequest.newBuilder().setMetadataOnly(true);
    missing.keySet().forEach(name -> request.addSecrets(WatchedSecret.newBuilder().setName(name)));
    Iterator<WatchCredentialsResponse> events =
        command.applicationWithin(patience.left()).watchCredentials(request.build());
    try {
      while (!missing.isEmpty() && events.hasNext()) {
        take(events.next(), missing);
        patience.say(Patience.line(missing));
      }
    } catch (io.grpc.StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  private static void take(WatchCredentialsResponse event, Map<String, String> missing) {
    switch (event.getEventCase()) {
      case CHANGED -> {
        String name = event.getChanged().getCredential().getName();
        if (event.getChanged().getCredential().getStale()) {
          missing.put(name, "stale");
        } else if (!event.getChanged().getPending()) {
          missing.remove(name);
        }
      }
      case UNAVAILABLE -> {
        var failure = event.getUnavailable().getFailure();
        Status.Code code = Status.fromCodeValue(failure.getCode()).getCode();
        if (code == Status.Code.PERMISSION_DENIED || code == Status.Code.INVALID_ARGUMENT) {
          throw new CommandFailure(StatusFailures.exitCode(code), failure.getMessage(), "");
        }
        missing.put(event.getUnavailable().getName(), failure.getMessage());
      }
      case STARTED, CAUGHT_UP, EVENT_NOT_SET -> {}
    }
  }
}
