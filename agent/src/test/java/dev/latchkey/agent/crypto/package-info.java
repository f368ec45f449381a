/** Tests of sealing and of the keyrings. */
@NullMarked
package dev.latchkey.agent.crypto;

import org.jspecify.annotations.NullMarked;
