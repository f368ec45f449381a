/** Tests of the sockets' side, over real Unix sockets and misbehaving fakes. */
@NullMarked
package dev.latchkey.agent.rpc;

import org.jspecify.annotations.NullMarked;
