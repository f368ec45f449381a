/**
 * The unit of work that the ports of the state store share.
 *
 * <p>A leaf: free to every package. The ports themselves live with the capabilities that need them.
 */
@NullMarked
package dev.latchkey.agent.store;

import org.jspecify.annotations.NullMarked;
