/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.bench.load;

import org.jspecify.annotations.NullMarked;
