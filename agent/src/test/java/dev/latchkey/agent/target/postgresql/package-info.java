/** PostgreSQL as it is: a real server with real passwords, and what is sent to it. */
@NullMarked
package dev.latchkey.agent.target.postgresql;

import org.jspecify.annotations.NullMarked;
