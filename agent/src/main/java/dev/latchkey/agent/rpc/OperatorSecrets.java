package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Policy;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.catalog.Mount;
import dev.latchkey.agent.consumer.Holding;
import dev.latchkey.agent.current.Published;
import dev.latchkey.agent.readiness.Readiness.Condition;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.secret.SecretState;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.supply.Supply;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.v1.ExplainSecretRequest;
import dev.latchkey.v1.ExplainSecretResponse;
import dev.latchkey.v1.GetHistoryRequest;
import dev.latchkey.v1.GetHistoryResponse;
import dev.latchkey.v1.HolderStatus;
import dev.latchkey.v1.PolicyRule;
import dev.latchkey.v1.PutSecretRequest;
import dev.latchkey.v1.PutSecretResponse;
import dev.latchkey.v1.VersionEntry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an operator asks of single secrets: put, explain, history. Blocks; never on the event loop.
 */
final class OperatorSecrets {

  private static final int LONGEST_REQUEST_ID = 128;
  private static final int USUAL_HISTORY = 20;
  private static final int LONGEST_HISTORY = 1000;

  private final Capabilities capabilities;
  private final Summaries summaries;
  private final TimeSource time;

  OperatorSecrets(Capabilities capabilities, TimeSource time) {
    this.capabilities = capabilities;
    this.time = time;
    this.summaries = new Summaries(capabilities);
  }

  PutSecretResponse put(PutSecretRequest request, Reply<?> reply) {
    checkRequestId(request.getRequestId());
    if (request.getExpectedVersion() < 0) {
      throw SecretException.invalid("expected_version", "is beyond every version");
    }
    Published published =
        capabilities
            .supply()
            .put(
                new Supply.Put(
                    new SecretName(request.getName()),
                    Wire.content(request.getFieldsMap()),
                    request.hasExpectedVersion()
                        ? OptionalLong.of(request.getExpectedVersion())
                        : OptionalLong.empty(),
                    request.getRequestId(),
                    reply.connection().actor(),
                    reply.traceId()));
    return PutSecretResponse.newBuilder()
        .setState(Wire.stateId(published.state().id()))
        .setChanged(published.changed())
        .build();
  }

  static void checkRequestId(String id) {
    if (id.length() > LONGEST_REQUEST_ID) {
      throw SecretException.invalid("request_id", "is longer than 128 characters");
    }
  }

  ExplainSecretResponse explain(ExplainSecretRequest request, Reply<?> reply) {
    SecretName name = new SecretName(request.getName());
    Catalog catalog = capabilities.catalog();
    ExplainSecretResponse.Builder answer =
        ExplainSecretResponse.newBuilder().setOrigin(origin(name));
    catalog
        .find(name)
        .ifPresent(
            declaration ->
                answer
                    .setSummary(summaries.of(name))
                    .setPath(declaration.path())
                    .setMaxStale(Wire.duration(declaration.maxStale())));
    capabilities.policy().get().rulesFor(name.text()).stream()
        .map(OperatorSecrets::rule)
        .forEach(answer::addRules);
    condition(name, catalog.find(name), answer);
    capabilities
        .rotations()
        .state(name)
        .ifPresent(state -> answer.setRotation(OperatorRotations.status(state)));
    capabilities.holders().of(name).stream()
        .map(OperatorSecrets::holder)
        .forEach(answer::addHolders);
    return answer.build();
  }

  private String origin(SecretName name) {
    Optional<Mount> mount = capabilities.catalog().mountOf(name);
    if (capabilities.catalog().isDeclared(name)) {
      return "declared";
    }
    return mount.isPresent() ? "prefix" : "unknown";
  }

  private void condition(
      SecretName name, Optional<Declaration> declaration, ExplainSecretResponse.Builder answer) {
    if (declaration.isEmpty()) {
      answer
          .setCondition("unknown")
          .setReason("neither declared nor under an open prefix; declare it or open a mount");
      return;
    }
    Condition condition = Condition.of(capabilities.current().held(name), time.now());
    answer.setCondition(OperatorState.word(condition));
    if (condition != Condition.FRESH) {
      String reason = capabilities.current().reason(name);
      answer.setReason(reason.isEmpty() ? "not held now; it is loaded when asked for" : reason);
    }
  }

  private static PolicyRule rule(Policy.Rule rule) {
    return PolicyRule.newBuilder()
        .setCallers(rule.callers())
        .setSecrets(rule.subjects())
        .addAllOperations(rule.operations())
        .build();
  }

  private static HolderStatus holder(Holding holding) {
    return HolderStatus.newBuilder()
        .setKind(
            switch (holding.holder().kind()) {
              case WATCH -> "watch";
              case READ -> "read";
              case FILE -> "file";
              case ENVIRONMENT -> "environment";
            })
        .setHolder(holding.identity())
        .setVersion(holding.version())
        .setAcknowledges(holding.holder().acknowledges())
        .setAcknowledgedVersion(holding.acknowledged())
        .build();
  }

  GetHistoryResponse history(GetHistoryRequest request, Reply<?> reply) {
    SecretName name = new SecretName(request.getName());
    int limit = limit(request.getLimit(), USUAL_HISTORY);
    GetHistoryResponse.Builder answer = GetHistoryResponse.newBuilder();
    capabilities.current().history(name, limit).stream()
        .map(OperatorSecrets::version)
        .forEach(answer::addVersions);
    capabilities.rotations().history(name, limit).stream()
        .map(OperatorRotations::status)
        .forEach(answer::addRotations);
    if (answer.getVersionsCount() + answer.getRotationsCount() == 0
        && !capabilities.catalog().isDeclared(name)) {
      throw SecretException.of(
          Reason.NOT_FOUND,
          name + " is not declared and has no history; see latchkey explain " + name);
    }
    return answer.build();
  }

  /** A limit as asked for: negative ones are wrong, none is the usual one. */
  static int limit(int asked, int usual) {
    if (asked < 0) {
      throw SecretException.invalid("limit", "is negative");
    }
    return asked == 0 ? usual : Math.min(asked, LONGEST_HISTORY);
  }

  private static VersionEntry version(SecretState state) {
    return VersionEntry.newBuilder()
        .setState(Wire.stateId(state.id()))
        .setBackendVersion(state.backendVersion())
        .setPublishedAt(Wire.timestamp(state.publishedAt()))
        .setCause(state.cause().word())
        .setRolledBackFrom(state.rolledBackFrom())
        .setLogin(login(state.content()))
        .build();
  }

  /** The user of a database credential: what has both a user name and a password. */
  private static String login(SecretContent content) {
    return content
        .field(SecretContent.USERNAME)
        .filter(user -> content.field(SecretContent.PASSWORD).isPresent())
        .map(OperatorSecrets::text)
        .orElse("");
  }

  private static String text(SecretValue value) {
    return value.read(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
