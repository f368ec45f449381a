/** Tests of the audit chain and its log. */
@NullMarked
package dev.latchkey.agent.audit;

import org.jspecify.annotations.NullMarked;
