/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.bench.vault;

import org.jspecify.annotations.NullMarked;
