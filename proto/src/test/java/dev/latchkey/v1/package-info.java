/**
 * Tests of the contract itself: what was released is never broken, what holds a secret is redacted,
 * everything is documented. Start at {@link dev.latchkey.v1.ContractTest}; {@link
 * dev.latchkey.v1.BreakingChanges} is the check.
 */
@NullMarked
package dev.latchkey.v1;

import org.jspecify.annotations.NullMarked;
