/**
 * The demo's PostgreSQL: a server of its own that refuses every password but the right one.
 *
 * <p>{@link dev.latchkey.demo.database.Main} is the process that keeps the server; {@link
 * dev.latchkey.demo.database.DatabaseProcess} is the demo's handle on it, and {@link
 * dev.latchkey.demo.database.Superuser} what its owner does there. Imports {@code process} only.
 */
@NullMarked
package dev.latchkey.demo.database;

import org.jspecify.annotations.NullMarked;
