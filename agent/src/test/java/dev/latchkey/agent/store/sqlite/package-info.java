/** Tests of the SQLite store: the contracts of every port, crashes, damage and full disks. */
@NullMarked
package dev.latchkey.agent.store.sqlite;

import org.jspecify.annotations.NullMarked;
