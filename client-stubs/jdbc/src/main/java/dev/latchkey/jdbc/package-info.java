/**
 * A JDBC pool whose database credential changes under it without a failed query.
 *
 * <p>Start at {@link dev.latchkey.jdbc.RotatingDataSource}. Underneath its HikariCP pool lies a
 * data source of ours that reads the credential anew for each physical connection; the ledger
 * counts what is open per version, and the drain closes what is older, little by little, before the
 * agent is told that it may retire the old login.
 *
 * <p>The only part of the client that knows HikariCP. Of a database it knows SQLSTATEs and {@code
 * SET ROLE}, no more.
 */
@NullMarked
package dev.latchkey.jdbc;

import org.jspecify.annotations.NullMarked;
