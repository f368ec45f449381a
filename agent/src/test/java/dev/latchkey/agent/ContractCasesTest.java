package dev.latchkey.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContractCasesTest {

  @Test
  void aLineTellsOfOneContractByWhoKeepsToIt() {
    ContractCases.Tally tally = new ContractCases.Tally();
    tally.count("BackendContract", "VaultBackendTest");
    tally.count("BackendContract", "LocalBackendTest");
    tally.count("BackendContract", "VaultBackendTest");
    tally.count("AuditStoreContract", "InMemoryAuditStoreTest");
    assertThat(tally.lines())
        .isEqualTo(
            "AuditStoreContract: 1 cases passed: InMemoryAuditStoreTest 1\n"
                + "BackendContract: 3 cases passed: LocalBackendTest 1, VaultBackendTest 2");
  }
}
