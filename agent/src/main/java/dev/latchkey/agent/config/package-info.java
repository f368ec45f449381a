/**
 * The configuration file: read, checked by the shipped JSON Schema, and turned into records.
 *
 * <p>An adapter: imports leaves and capabilities only; the only place that sees YAML and JSON
 * Schema. Start reading at {@link dev.latchkey.agent.config.ConfigLoader}.
 */
@NullMarked
package dev.latchkey.agent.config;

import org.jspecify.annotations.NullMarked;
