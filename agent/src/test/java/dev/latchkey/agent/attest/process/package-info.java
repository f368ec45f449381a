/** Tests of {@code attest.process}. */
@NullMarked
package dev.latchkey.agent.attest.process;

import org.jspecify.annotations.NullMarked;
