package dev.latchkey.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** How a test runs a program as the first process of a container. */
public final class FirstProcess {

  /** The words before the program's, which have it become process 1 of a namespace. */
  public static final List<String> NAMESPACE =
      List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");

  private FirstProcess() {}

  /** Goes on where such a namespace can be made; root may, as a rule. */
  public static void require() throws Exception {
    List<String> trial = new ArrayList<>(NAMESPACE);
    trial.add("true");
    Process tried = new ProcessBuilder(trial).redirectErrorStream(true).start();
    if (!tried.waitFor(20, TimeUnit.SECONDS) || tried.exitValue() != 0) {
      System.err.println("SKIPPED: this is needed: root who may make namespaces of processes");
      Assumptions.abort("namespaces of processes");
    }
  }
}
