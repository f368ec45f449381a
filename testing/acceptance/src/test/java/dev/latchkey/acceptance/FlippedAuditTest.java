package dev.latchkey.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.audit.AuditVerification;
import dev.latchkey.agent.crypto.StateKeyReader;
import dev.latchkey.agent.crypto.StateKeySource;
import dev.latchkey.agent.store.sqlite.OfflineAudit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever can write the store's file cannot edit the audit unseen: the agent's own program, started
 * on the file afterwards, names the record.
 *
 * <p>The program is started for a sample; every byte is judged by the class that it calls.
 */
class FlippedAuditTest {

  private static final List<String> COLUMNS = List.of("record", "tag", "mac");

  @TempDir Path directory;

  private RunningAgent agent;
  private Connection store;
  private List<Long> sequences;

  @BeforeEach
  void leaveAnAuditAndStopTheAgent() throws Exception {
    String body = "mounts: [ { prefix: \"app/\", backend: local } ]\n" + WholeLifeTest.ownPolicy();
    agent = RunningAgent.start(directory.resolve("agent"), RunningAgent.Setup.of(body));
    Cli cli = agent.cli();
    cli.feed("one", "put", "app/mail", "password=-").ok();
    cli.run("get", "app/mail").ok();
    cli.run("get", "app/nothing");
    cli.feed("two", "put", "app/mail", "password=-").ok();
    agent.close();
    store = DriverManager.getConnection("jdbc:sqlite:" + agent.state().resolve("state.db"));
    sequences = sequences();
    assertThat(sequences).hasSizeGreaterThanOrEqualTo(6);
  }

  @AfterEach
  void release() throws Exception {
    store.close();
  }

  @Test
  void namesTheRecordWhicheverByteOfItIsFlipped() throws Exception {
    assertThat(verify()).isInstanceOf(AuditVerification.Intact.class);
    for (long sequence : sequences) {
      for (String column : COLUMNS) {
        byte[] written = read(column, sequence);
        assertThat(written).isNotEmpty();
        for (int at = 0; at < written.length; at++) {
          byte[] flipped = written.clone();
          flipped[at] ^= (byte) (1 << (at % 8));
          write(column, sequence, flipped);
          assertThat(broken())
              .as("byte %d of the %s of record %d", at, column, sequence)
              .isEqualTo(sequence);
        }
        write(column, sequence, written);
      }
    }
    assertThat(verify()).isInstanceOf(AuditVerification.Intact.class);
  }

  @Test
  void theProgramItselfNamesAnEditedARemovedAMovedAndATruncatedRecord() throws Exception {
    assertThat(program()).contains("intact").contains(sequences.size() + " records");
    long third = sequences.get(2);
    byte[] written = read("record", third);
    byte[] flipped = written.clone();
    flipped[flipped.length / 2] ^= 1;
    write("record", third, flipped);
    assertThat(program()).contains("record " + third + ":", "edited");
    write("record", third, written);

    execute("CREATE TABLE kept AS SELECT * FROM audit");
    execute("DELETE FROM audit WHERE sequence = " + third);
    assertThat(program()).contains("record " + third + ":", "removed");
    restore();

    execute("UPDATE audit SET sequence = -1 WHERE sequence = " + third);
    execute("UPDATE audit SET sequence = " + third + " WHERE sequence = " + (third + 1));
    execute("UPDATE audit SET sequence = " + (third + 1) + " WHERE sequence = -1");
    assertThat(program()).contains("record " + third + ":", "reordered");
    restore();

    long last = sequences.getLast();
    execute("DELETE FROM audit WHERE sequence >= " + (last - 1));
    assertThat(program()).contains("record " + (last - 1) + ":", "truncated");
    restore();
    assertThat(program()).contains("intact");
  }

  private void restore() throws SQLException {
    execute("DELETE FROM audit");
    execute("INSERT INTO audit SELECT * FROM kept");
  }

  private String program() throws Exception {
    Process process =
        new ProcessBuilder(
                Installation.agent(
                    List.of(),
                    "",
                    "audit",
                    "verify",
                    "--config",
                    agent.home().resolve("latchkey.yml").toString()))
            .redirectErrorStream(true)
            .start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(said).isEqualTo(said.contains("intact") ? 0 : 1);
    return said;
  }

  private long broken() {
    return switch (verify()) {
      case AuditVerification.Intact intact -> 0;
      case AuditVerification.Broken broken -> broken.sequence();
    };
  }

  private AuditVerification verify() {
    StateKeySource key = new StateKeySource.KeyFile(agent.home().resolve("state.key"));
    return OfflineAudit.verify(
        agent.state(), salt -> new StateKeyReader(System::getenv).read(key, salt));
  }

  private List<Long> sequences() throws SQLException {
    List<Long> found = new ArrayList<>();
    try (Statement statement = store.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sequence FROM audit ORDER BY sequence")) {
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
    }
    return found;
  }

  private byte[] read(String column, long sequence) throws SQLException {
    try (Statement statement = store.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + column + " FROM audit WHERE sequence = " + sequence)) {
      row.next();
      return row.getBytes(1);
    }
  }

  private void write(String column, long sequence, byte[] value) throws SQLException {
    try (PreparedStatement statement =
        store.prepareStatement("UPDATE audit SET " + column + " = ? WHERE sequence = ?")) {
      statement.setBytes(1, value);
      statement.setLong(2, sequence);
      assertThat(statement.executeUpdate()).isOne();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = store.createStatement()) {
      statement.execute(sql);
    }
  }
}
