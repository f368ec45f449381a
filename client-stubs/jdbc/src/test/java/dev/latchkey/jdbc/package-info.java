/**
 * Tests of the rotating pool, against a driver that obeys the test and against a real PostgreSQL.
 *
 * <p>Start at {@code RotatingDataSourceTest} for the races and at {@code PostgresRotationTest} for
 * the load.
 */
@NullMarked
package dev.latchkey.jdbc;

import org.jspecify.annotations.NullMarked;
