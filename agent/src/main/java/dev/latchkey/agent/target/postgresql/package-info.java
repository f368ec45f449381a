/**
 * Rotates login roles of PostgreSQL 14 and later.
 *
 * <p>An adapter of {@code target}; the only package that opens connections as the administrator.
 * Start reading at {@link dev.latchkey.agent.target.postgresql.PostgresTarget}.
 */
@NullMarked
package dev.latchkey.agent.target.postgresql;

import org.jspecify.annotations.NullMarked;
