package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A caller of another uid, as a process: the same refusal for what exists and for what does not,
 * and the audit holds it; with the agent as root and as another user.
 */
class OtherUidTest {

  private Path directory;
  private ForeignUsers users;

  @BeforeEach
  void prepare() throws IOException {
    Optional<List<String>> words = OtherUser.words();
    Precondition.require(
        words.isPresent(), "another uid, by setpriv as root or by unshare --map-auto");
    directory = Files.createTempDirectory(Path.of("/tmp"), "latchkey-uid");
    users = new ForeignUsers(directory, words.orElseThrow());
  }

  @AfterEach
  void clear() throws Exception {
    if (users != null) {
      users.deleteEverything();
    }
  }

  @Test
  void isDeniedAlikeWhetherTheSecretExistsOrNotByAnAgentOfRoot() throws Exception {
    deniesAlike(users.root(), users.other(), OtherUser.UID, 0);
  }

  @Test
  void isDeniedAlikeWhetherTheSecretExistsOrNotByAnAgentOfAnotherUser() throws Exception {
    deniesAlike(users.other(), users.root(), 0, OtherUser.UID);
  }

  @Test
  void mayReadWhatThePolicyNamesForItsUid() throws Exception {
    try (ForeignUsers.Agent agent = users.agent(users.root(), OtherUser.UID)) {
      agent.cli(users.root(), "one", "put", "app/mail", "password=-").ok();
      Cli.Result read = agent.cli(users.other(), "", "get", "app/mail", "--field", "password");
      assertThat(read.ok().out().strip()).isEqualTo("one");
      assertThat(audit(agent, users.root(), "granted", "get", OtherUser.UID)).contains("app/mail");
    }
  }

  @Test
  void onlyAJobOfRootIsBegunThatIsToEndAnAgentOfAnotherUser() throws Exception {
    Path begun = directory.resolve("home/begun");
    String[] job = {
      "exec", "--secret", "app/mail", "--quit-agent", "--", "touch", begun.toString()
    };
    try (ForeignUsers.Agent agent =
        users.strictAgent(users.other(), 0, OtherUser.UID, ForeignUsers.THIRD_UID)) {
      agent.cli(users.other(), "one", "put", "app/mail", "password=-").ok();
      Cli.Result third = agent.cli(users.third(), "", job);
      assertThat(third.exit()).as(third.err()).isEqualTo(125);
      assertThat(third.err()).contains("--quit-agent: the operator socket does not answer");
      assertThat(begun).doesNotExist();

      Cli.Result root = agent.cli(users.root(), "", job);
      assertThat(root.exit()).as(root.err()).isZero();
      assertThat(begun).exists();
      assertThat(agent.ended()).isZero();
    }
  }

  /** The agent's own user is no application; its job is over before it began, and so the agent. */
  @Test
  void aJobOfTheAgentsOwnUserIsNotBegunAndEndsTheAgent() throws Exception {
    Path begun = directory.resolve("home/begun");
    try (ForeignUsers.Agent agent = users.strictAgent(users.other(), OtherUser.UID)) {
      agent.cli(users.other(), "one", "put", "app/mail", "password=-").ok();
      Cli.Result own =
          agent.cli(
              users.other(),
              "",
              "exec",
              "--secret",
              "app/mail",
              "--quit-agent",
              "--",
              "touch",
              begun.toString());
      assertThat(own.exit()).as(own.err()).isEqualTo(125);
      assertThat(begun).doesNotExist();
      assertThat(agent.ended()).isZero();
    }
  }

  /** The rules name {@code owner} alone; {@code caller} asks. */
  private void deniesAlike(List<String> owner, List<String> caller, int callerUid, int ownerUid)
      throws Exception {
    try (ForeignUsers.Agent agent = users.agent(owner, ownerUid)) {
      agent.cli(owner, "one", "put", "app/mail", "password=-").ok();
      Cli.Result existing = agent.cli(caller, "", "get", "app/mail");
      Cli.Result missing = agent.cli(caller, "", "get", "app/nail");
      assertThat(existing.exit()).as(existing.err()).isEqualTo(3);
      assertThat(existing.err()).contains("denied by the agent's policy");
      assertThat(missing).isEqualTo(existing);
      assertThat(agent.cli(caller, "", "watch", "app/mail").exit()).isEqualTo(3);
      assertThat(agent.cli(caller, "x", "encrypt", "default").exit()).isEqualTo(3);
      assertThat(agent.cli(caller, "", "list").out()).doesNotContain("app/mail");
      assertThat(audit(agent, owner, "denied", "get", callerUid)).contains("app/mail", "app/nail");
      assertThat(audit(agent, owner, "granted", "get", callerUid)).isEmpty();
      assertThat(agent.cli(owner, "", "get", "app/mail").ok().out()).contains("one");
    }
  }

  /** The secrets of the records of that outcome, operation and uid. */
  private static List<String> audit(
      ForeignUsers.Agent agent, List<String> operator, String outcome, String operation, int uid) {
    List<String> secrets = new ArrayList<>();
    agent
        .cli(operator, "", "audit", "tail", "--json")
        .ok()
        .out()
        .lines()
        .map(Stage::json)
        .filter(entry -> entry.path("outcome").asText().equals(outcome))
        .filter(entry -> entry.path("operation").asText().equals(operation))
        .filter(entry -> entry.path("actor").asText().startsWith("uid " + uid + " "))
        .map((JsonNode entry) -> entry.path("secret").asText())
        .forEach(secrets::add);
    return secrets;
  }
}
