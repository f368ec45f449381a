package dev.latchkey.cli.command;

import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.cli.outcome.ExitCode;
import dev.latchkey.cli.output.Characters;
import dev.latchkey.cli.output.MessageJson;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows changes as they come, until it is interrupted, its time is over or the agent goes away. */
@Command(
    description =
        "Shows changes as they come, until interrupted or for the time of --timeout. Ends with code"
            + " 5 when the agent goes away, or when fewer changes than --count came in that time.")
final class Watch extends AgentCommand {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The secrets' names.")
  private List<String> names = List.of();

  @Option(names = "--metadata", description = "Ask for no values; such a watcher holds nothing.")
  private boolean metadata;

  @Option(names = "--pending", description = "Show candidates that are not yet current, too.")
  private boolean pending;

  @Option(
      names = "--acknowledge",
      description = "Tell the agent after each change that nothing older is in use any more.")
  private boolean acknowledge;

  @Option(names = "--count", paramLabel = "N", description = "End after so many changes.")
  private long count = Long.MAX_VALUE;

  private String subscription = "";
  private boolean begun;

  @Override
  public ExitCode run() {
    Iterator<WatchCredentialsResponse> events = applicationStream().watchCredentials(request());
    long changes = 0;
    while (changes < count && isThereMore(events, changes)) {
      WatchCredentialsResponse event = events.next();
      take(event);
      changes += event.hasChanged() ? 1 : 0;
    }
    return ExitCode.OK;
  }

  /** Waits for the next event; none comes once the time that was allowed is over. */
  private boolean isThereMore(Iterator<WatchCredentialsResponse> events, long changes) {
    try {
      return events.hasNext();
    } catch (StatusRuntimeException e) {
      if (!begun || e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
      if (count < Long.MAX_VALUE) {
        throw new CommandFailure(
            ExitCode.UNAVAILABLE,
            changes + " of " + count + " changes came in time",
            "Allow more time with --timeout.");
      }
      return false;
    }
  }

  private WatchCredentialsRequest request() {
    WatchCredentialsRequest.Builder request =
        WatchCredentialsRequest.newBuilder()
            .setMetadataOnly(metadata)
            .setPending(pending)
            .setAcknowledges(acknowledge && !metadata);
    names.forEach(name -> request.addSecrets(WatchedSecret.newBuilder().setName(name)));
    return request.build();
  }

  private void take(WatchCredentialsResponse event) {
    if (event.hasStarted()) {
      subscription = event.getStarted().getSubscriptionId();
    }
    begun = true;
    if (json()) {
      printJson(tree(event));
    } else {
      print(event);
      terminal().out().flush();
    }
    if (acknowledge && !metadata && event.hasChanged() && !event.getChanged().getPending()) {
      acknowledge(event.getChanged().getCredential());
    }
  }

  private void acknowledge(Credential credential) {
    application(Duration.ZERO)
        .acknowledgeCredentials(
            AcknowledgeCredentialsRequest.newBuilder()
                .setSubscriptionId(subscription)
                .setName(credential.getName())
                .setVersion(credential.getState().getVersion())
                .build());
  }

  private static Map<String, @Nullable Object> tree(WatchCredentialsResponse event) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    switch (event.getEventCase()) {
      case STARTED -> put(tree, "started", MessageJson.of(event.getStarted()));
      case CHANGED -> put(tree, "changed", MessageJson.of(event.getChanged()));
      case UNAVAILABLE -> put(tree, "unavailable", MessageJson.of(event.getUnavailable()));
      case CAUGHT_UP -> put(tree, "caught_up", Map.of());
      case EVENT_NOT_SET -> put(tree, "unknown", Map.of());
    }
    return tree;
  }

  private static void put(
      Map<String, @Nullable Object> tree, String event, Map<String, @Nullable Object> members) {
    tree.put("event", event);
    tree.putAll(members);
  }

  private void print(WatchCredentialsResponse event) {
    switch (event.getEventCase()) {
      case CHANGED -> terminal().out().println(line(event.getChanged()));
      case UNAVAILABLE ->
          terminal()
              .out()
              .println(
                  event.getUnavailable().getName()
                      + " unavailable: "
                      + event.getUnavailable().getFailure().getMessage());
      case STARTED, CAUGHT_UP, EVENT_NOT_SET -> {}
    }
  }

  private static String line(CredentialChanged changed) {
    Credential credential = changed.getCredential();
    String fields =
        new TreeMap<>(credential.getFieldsMap())
            .entrySet().stream()
                .map(field -> " " + field.getKey() + "=" + Credentials.text(field.getValue()))
                .collect(Collectors.joining());
    return credential.getName()
        + " version "
        + Credentials.state(credential.getState())
        + (changed.getPending() ? " pending" : "")
        + (credential.getStale() ? " stale" : "")
        + (changed.getSkipped() > 0 ? " skipped " + changed.getSkipped() : "")
        + Characters.printable(fields);
  }
}
