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
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Says what is missing by what an application may ask: gRPC's own health, and a watch without
 * values. Of an agent that is ready the watch stays open until all is there. One that is not is
 * asked for its health again and again, but watched seldom: each watch has it read what is missing
 * from its backend at once. Used by one thread, for as long as it waits.
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
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  private final AgentCommand command;
  private final Patience patience;

  /** What the last watch left, with the reasons. */
  private Map<String, String> missing = new TreeMap<>();

  private OptionalLong lookedAt = OptionalLong.empty();

  WaitByWatch(AgentCommand command, Patience patience) {
    this.command = command;
    this.patience = patience;
  }

  /** What is missing, with the reasons; empty when nothing is. */
  String missing(Set<String> wanted) {
    wanted.stream().filter(name -> name.startsWith("file:")).findFirst().ifPresent(this::refuse);
    OptionalLong before = lookedAt;
    // What fails here tells of an agent that went away: the next one is looked at at once.
    lookedAt = OptionalLong.empty();
    boolean serves = isServing();
    if (!wanted.isEmpty() && (serves || isLongAgo(before))) {
      missing = unheard(wanted);
      follow(serves);
      lookedAt = OptionalLong.of(System.nanoTime());
    } else {
      lookedAt = before;
    }
    if (missing.isEmpty() && !serves) {
      return "what the agent requires (it is not ready; its operator sees why by latchkey status)";
    }
    return Patience.line(missing);
  }

  private static boolean isLongAgo(OptionalLong lookedAt) {
    return lookedAt.isEmpty()
        || System.nanoTime() - lookedAt.getAsLong() >= BETWEEN_LOOKS.toNanos();
  }

  /** All names, each with what the last watch said of it, where it did. */
  private Map<String, String> unheard(Set<String> wanted) {
    Map<String, String> all = new TreeMap<>();
    wanted.forEach(name -> all.put(name, missing.getOrDefault(name, "not heard of yet")));
    return all;
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
   * Takes from what is missing what is there. While the agent is not ready one look is enough:
   * another must be had at its readiness.
   */
  private void follow(boolean toTheEnd) {
    try (Context.CancellableContext watch = Context.current().withCancellation()) {
      watch.run(() -> followWatch(toTheEnd));
    }
  }

  private void followWatch(boolean toTheEnd) {
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
        take(event);
        // A look that ends is told of by the pause after it; the first word of a watch, of nothing.
        if (toTheEnd && !event.hasStarted()) {
          patience.say(Patience.line(missing));
        }
      }
    } catch (io.grpc.StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  private static Duration shorter(Duration left) {
    return left.compareTo(LOOK) < 0 ? left : LOOK;
  }

  private void take(WatchCredentialsResponse event) {
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
