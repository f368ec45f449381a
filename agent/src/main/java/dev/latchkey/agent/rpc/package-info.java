/**
 * The sockets' side of the agent: serves {@code latchkey.v1} to applications and operators.
 *
 * <p>An adapter over every capability, and the only place that sees io.grpc and the generated
 * types. What is held is answered on the event loop; whatever touches a port goes to a virtual
 * thread. Start reading at {@link dev.latchkey.agent.rpc.RpcServers}, then {@link
 * dev.latchkey.agent.rpc.GetSecret}.
 */
@NullMarked
package dev.latchkey.agent.rpc;

import org.jspecify.annotations.NullMarked;
