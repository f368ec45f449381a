/** Tests of telemetry. */
@NullMarked
package dev.latchkey.agent.telemetry;

import org.jspecify.annotations.NullMarked;
