package dev.latchkey.cli.command;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.StatusFailures;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
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
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

  private final AgentCommand command;
  private final Patience patience;

  WaitByWatch(AgentCommand command, Patience patience) {
    this.command = command;
    this.patience = patience;
  }

  /** What is missing, with the reasons; empty when nothing is. */
  String missing(Set<String> wanted) {
    wanted.stream().filter(name -> name.startsWith("file:")).findFirst().ifPresent(this::refuse);
    boolean serves = isServing();
    Map<String, String> missing = new TreeMap<>();
    wanted.forEach(name -> missing.put(name, "not heard of yet"));
    if (!missing.isEmpty()) {
      follow(missing, serves);
    }
    if (missing.isEmpty() && !serves) {
      return "what the agent requires (it is not ready; its operator sees why by latchkey status)";
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

  /**
   * Takes from {@code missing} what is there. While the agent is not ready the first look is
   * enough: another must be had at its readiness.
   */
  private void follow(Map<String, String> missing, boolean toTheEnd) {
    try (Context.CancellableContext watch = Context.current().withCancellation()) {
      watch.run(() -> followWatch(missing, toTheEnd));
    }
  }

  private void followWatch(Map<String, String> missing, boolean toTheEnd) {
    WatchCredentialsRequest.Builder request =
        WatchCredentialsRequest.newBuilder().setMetadataOnly(true);
    missing.keySet().forEach(name -> request.addSecrets(WatchedSecret.newBuilder().setName(name)));
    Iterator<WatchCredentialsResponse> events =
        command
            .applicationWithin(toTheEnd ? patience.left() : shorter(patience.left()))
            .watchCredentials(request.build());
    try {
      while (!missing.isEmpty() && events.hasNext()) {
        WatchCredentialsResponse event = events.next();
        if (event.hasCaughtUp() && !toTheEnd) {
          return;
        }
        take(event, missing);
        patience.say(Patience.line(missing));
      }
    } catch (io.grpc.StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  private static Duration shorter(Duration left) {
    return left.compareTo(FIRST_LOOK) < 0 ? left : FIRST_LOOK;
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
