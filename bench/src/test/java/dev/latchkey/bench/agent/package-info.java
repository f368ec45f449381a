/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.bench.agent;

import org.jspecify.annotations.NullMarked;
