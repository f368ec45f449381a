/**
 * The state store in one SQLite file: the unit of work and every store port of the capabilities.
 *
 * <p>An adapter; only {@code wiring} imports it. Values are sealed before they are written. Start
 * reading at {@link dev.latchkey.agent.store.sqlite.SqliteStore}.
 */
@NullMarked
package dev.latchkey.agent.store.sqlite;

import org.jspecify.annotations.NullMarked;
