package dev.latchkey.agent;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Counts the cases of each contract that passed, by who keeps to it, and prints them at the end of
 * the run. A case is a test that a class named {@code …Contract} declares. Registered for the whole
 * module.
 */
public final class ContractCases implements TestWatcher {

  private static final String CONTRACT = "Contract";

  @Override
  public void testSuccessful(ExtensionContext test) {
    Class<?> declaring = test.getRequiredTestMethod().getDeclaringClass();
    if (declaring.getSimpleName().endsWith(CONTRACT)) {
      test.getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .getOrComputeIfAbsent(Tally.class, key -> new Tally(), Tally.class)
          .count(declaring.getSimpleName(), test.getRequiredTestClass().getSimpleName());
    }
  }

  /** What was counted; printed as the run ends. Safe for use by several threads. */
  static final class Tally implements AutoCloseable {

    private final Map<String, Map<String, Integer>> passed = new TreeMap<>();

    synchronized void count(String contract, String by) {
      passed.computeIfAbsent(contract, name -> new TreeMap<>()).merge(by, 1, Integer::sum);
    }

    /** A line for each contract. */
    synchronized String lines() {
      return passed.entrySet().stream()
          .map(contract -> line(contract.getKey(), contract.getValue()))
          .collect(Collectors.joining("\n"));
    }

    private static String line(String contract, Map<String, Integer> cases) {
      int all = cases.values().stream().mapToInt(Integer::intValue).sum();
      return cases.entrySet().stream()
          .map(one -> one.getKey() + " " + one.getValue())
          .collect(Collectors.joining(", ", contract + ": " + all + " cases passed: ", ""));
    }

    @Override
    public void close() {
      System.out.println(lines());
    }
  }
}
