/**
 * Attestation by the kernel's peer credentials and, where rules need it, by {@code /proc}.
 *
 * <p>Adapters of {@code caller.Attestor}: {@link
 * dev.latchkey.agent.attest.process.ApplicationAttestor} for the application socket, {@link
 * dev.latchkey.agent.attest.process.OperatorAttestor} for the operator's.
 */
@NullMarked
package dev.latchkey.agent.attest.process;

import org.jspecify.annotations.NullMarked;
