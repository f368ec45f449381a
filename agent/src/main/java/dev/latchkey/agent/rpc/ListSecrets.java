package dev.latchkey.agent.rpc;

import dev.latchkey.agent.access.Operation;
import dev.latchkey.agent.catalog.Catalog;
import dev.latchkey.agent.catalog.Declaration;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretName;
import dev.latchkey.agent.supply.Supply;
import dev.latchkey.v1.ListSecretsRequest;
import dev.latchkey.v1.ListSecretsResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;

/**
 * {@code ListSecrets}: the names that the caller may list, declared or known under open prefixes,
 * page by page in the order of the names. The page token is the last name told, so that a page
 * costs nothing to keep.
 */
final class ListSecrets implements Calls.Unary<ListSecretsRequest, ListSecretsResponse> {

  private static final String AUDITED = "list";
  private static final int USUAL_PAGE = 100;
  private static final int LARGEST_PAGE = 1000;

  private final Gate gate;
  private final Catalog catalog;
  private final Supply supply;
  private final Summaries summaries;
  private final Surroundings surroundings;

  ListSecrets(Capabilities capabilities, Gate gate, Surroundings surroundings) {
    this.gate = gate;
    this.catalog = capabilities.catalog();
    this.supply = capabilities.supply();
    this.summaries = new Summaries(capabilities);
    this.surroundings = surroundings;
  }

  @Override
  public void handle(ListSecretsRequest request, Reply<ListSecretsResponse> reply) {
    if (request.getPageSize() < 0) {
      throw SecretException.invalid("page_size", "is negative");
    }
    if (request.getPrefix().length() > SecretName.MAX_LENGTH) {
      throw SecretException.invalid("prefix", "is longer than any name");
    }
    String after = after(request.getPageToken());
    gate.granted(Gate.Asked.of(reply, AUDITED), request.getPrefix(), 0);
    reply.attemptOn(surroundings.virtualThreads(), () -> reply.answer(page(request, after, reply)));
  }

  private ListSecretsResponse page(
      ListSecretsRequest request, String after, Reply<ListSecretsResponse> reply) {
    int size = request.getPageSize() == 0 ? USUAL_PAGE : request.getPageSize();
    int bound = Math.min(size, LARGEST_PAGE);
    List<SecretName> names = allowed(request.getPrefix(), after, bound + 1, reply);
    ListSecretsResponse.Builder page = ListSecretsResponse.newBuilder();
    names.stream().limit(bound).map(summaries::of).forEach(page::addSecrets);
    if (names.size() > bound) {
      page.setNextPageToken(token(names.get(bound - 1)));
    }
    return page.build();
  }

  /** The first {@code wanted} names after {@code after} that the caller may list. */
  private List<SecretName> allowed(String prefix, String after, int wanted, Reply<?> reply) {
    List<SecretName> allowed = new ArrayList<>();
    String from = after;
    while (allowed.size() < wanted && !reply.isOver()) {
      List<SecretName> chunk = chunk(prefix, from, wanted);
      for (SecretName name : chunk) {
        if (allowed.size() < wanted && gate.allows(reply.connection(), Operation.LIST, name)) {
          allowed.add(name);
        }
      }
      if (chunk.size() < wanted) {
        return allowed;
      }
      from = chunk.getLast().text();
    }
    return allowed;
  }

  /** The next names of both kinds: at most {@code limit}, fewer only at the end. */
  private List<SecretName> chunk(String prefix, String after, int limit) {
    TreeSet<SecretName> names = new TreeSet<>(supply.list(prefix, after, limit));
    catalog.declared().stream()
        .map(Declaration::name)
        .filter(name -> name.text().startsWith(prefix) && name.text().compareTo(after) > 0)
        .limit(limit)
        .forEach(names::add);
    return names.stream().limit(limit).toList();
  }

  private static String token(SecretName last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(last.text().getBytes(StandardCharsets.UTF_8));
  }

  private static String after(String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      return new SecretName(text).text();
    } catch (IllegalArgumentException | SecretException foreign) {
      throw SecretException.invalid("page_token", "is none that this agent gave");
    }
  }
}
