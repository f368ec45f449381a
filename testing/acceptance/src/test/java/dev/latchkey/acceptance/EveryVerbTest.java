package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.LatchkeyOperatorGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every verb that the help names and every RPC of the contract, reached by a process; one that is
 * new and not reached here fails.
 */
class EveryVerbTest {

  /** Ends well by {@link DemoTest}. */
  private static final String DEMO = "demo";

  /** Needs a lease to end, so it ends well by {@link LeasedCredentialsTest}. */
  private static final String LEASE_REVOKE = "lease revoke";

  private static final Pattern ELSEWHERE = Pattern.compile(".*/(RevokeLease|Quit)");

  private static final Pattern CALL =
      Pattern.compile("latchkey_call_duration_seconds_count\\{([^}]*)} ([0-9.E]+)");
  private static final Pattern METHOD = Pattern.compile("rpc_method=\"([^\"]+)\"");

  @TempDir Path directory;

  private final Set<String> reached = new TreeSet<>();

  @Test
  void everyVerbAndEveryRpcIsReachedByAProcess() throws Exception {
    try (KeepingVault vault = KeepingVault.start(directory);
        Stage stage = Stage.set(directory, "60s", "50s", vault::keeping)) {
      reached.add("agent");
      Cli cli = stage.cli();
      Set<String> verbs = verbs(cli.run("--help").ok().out());
      assertThat(verbs).contains("get", "target check", "state backup");
      secrets(cli);
      versions(cli);
      ciphers(cli);
      credentials(stage, cli);
      run(cli, "", "wait", "--for", "orders-db");
      assertThat(run(cli, "", "exec", "--secret", "orders-db", "--", "printenv"))
          .contains("ORDERS_DB_USERNAME=orders_");
      run(cli, "", "status");
      run(cli, "", "lease list");
      reached.add(LEASE_REVOKE);
      run(cli, "", "audit tail", "--limit", "5");
      run(cli, "", "audit verify");
      Path copy = directory.resolve("copy");
      run(cli, "", "state backup", copy.toString());
      assertThat(answered(stage.agent())).containsAll(methods());
      WholeLifeTest.runAgentMain(stage.agent(), "validate");
      reached.add("validate");
      Path template = directory.resolve("template");
      Files.writeString(template, "{{secret \"orders-db\" \"username\"}}");
      WholeLifeTest.runAgentMain(stage.agent(), "render", "--check", template.toString());
      reached.add("render");
      stage.agent().close();
      WholeLifeTest.deleteTree(stage.agent().state());
      WholeLifeTest.runAgentMain(stage.agent(), "state", "restore", copy.toString());
      reached.add("state restore");
      stage.agent().restart();
      reached.add(DEMO);
      assertThat(run(cli, "", "quit")).contains("ends");
      assertThat(stage.agent().awaitEnd("quit")).isZero();
      assertThat(reached).isEqualTo(verbs);
    }
  }

  private void secrets(Cli cli) {
    run(cli, "one", "put", "app/mail", "password=-");
    run(cli, "", "get", "app/mail");
    run(cli, "two", "put", "app/news", "password=-");
    run(cli, "", "get", "app/mail", "app/news");
    run(cli, "", "list");
    run(cli, "", "explain", "app/mail");
    run(cli, "", "history", "app/mail");
    run(cli, "", "watch", "app/mail", "--acknowledge", "--count", "1");
  }

  private void versions(Cli cli) {
    run(cli, "one", "put", "free/mail", "password=-");
    run(cli, "", "delete", "free/mail");
    run(cli, "", "undelete", "free/mail", "--versions", "1");
    run(cli, "", "destroy", "free/mail", "--versions", "1", "--yes");
  }

  private void ciphers(Cli cli) {
    String sealed = run(cli, "the text", "encrypt", "default").strip();
    run(cli, "", "keyring rotate", "default");
    assertThat(run(cli, sealed, "decrypt", "default")).isEqualTo("the text");
  }

  private void credentials(Stage stage, Cli cli) throws Exception {
    run(cli, "", "target check", "orders", "--sql");
    run(cli, "", "target check", "orders");
    stage.database().inOrders(List.of("ALTER ROLE orders_a LOGIN PASSWORD 'by-hand-1'"));
    run(cli, "by-hand-1", "adopt", "orders-db", "--username", "orders_a");
    run(cli, "", "rotate", "orders-db", "--plan");
    run(cli, "", "rotate", "orders-db");
    run(cli, "", "rollback", "orders-db");
    run(cli, "", "rotate", "orders-db", "--recover");
  }

  private String run(Cli cli, String input, String verb, String... arguments) {
    List<String> words = new ArrayList<>(List.of(verb.split(" ", -1)));
    words.addAll(List.of(arguments));
    reached.add(verb);
    return cli.feed(input, words.toArray(String[]::new)).ok().out();
  }

  /** The words that begin the indented lines of the help, up to an argument or the summary. */
  private static Set<String> verbs(String help) {
    return help.lines()
        .takeWhile(line -> !line.startsWith("Exit codes"))
        .filter(line -> line.startsWith("  "))
        .map(line -> line.strip().split(" {2,}", -1)[0])
        .map(
            line ->
                Stream.of(line.split(" ", -1))
                    .takeWhile(word -> word.matches("[a-z]+"))
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> methods() {
    return Stream.of(
            LatchkeyGrpc.getServiceDescriptor(), LatchkeyOperatorGrpc.getServiceDescriptor())
        .map(ServiceDescriptor::getMethods)
        .flatMap(methods -> methods.stream().map(MethodDescriptor::getFullMethodName))
        .filter(method -> !ELSEWHERE.matcher(method).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The RPCs that the agent's own metrics say it ended well or saw cancelled by the caller. */
  private static Set<String> answered(RunningAgent agent) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + agent.managementPort() + "/metrics");
    String text =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
            .body();
    Set<String> found = new TreeSet<>();
    Matcher call = CALL.matcher(text);
    while (call.find()) {
      Matcher method = METHOD.matcher(call.group(1));
      if (method.find() && call.group(1).matches(".*status_code=\"[01]\".*")) {
        found.add(method.group(1));
      }
    }
    return found;
  }
}
