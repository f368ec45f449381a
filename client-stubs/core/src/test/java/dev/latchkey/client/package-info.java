/**
 * Tests of the client, with agents that misbehave and a proxy that cuts connections.
 *
 * <p>Start at {@code LatchkeyClientTest}; {@code CuttingProxy} stands alone and may be used by
 * other modules' tests.
 */
@NullMarked
package dev.latchkey.client;

import org.jspecify.annotations.NullMarked;
