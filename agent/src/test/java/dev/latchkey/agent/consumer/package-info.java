/** Tests of holders, and the contract of the port to them. */
@NullMarked
package dev.latchkey.agent.consumer;

import org.jspecify.annotations.NullMarked;
