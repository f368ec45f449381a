/** Proofs of the templates. */
@NullMarked
package dev.latchkey.agent.inject.template;

import org.jspecify.annotations.NullMarked;
