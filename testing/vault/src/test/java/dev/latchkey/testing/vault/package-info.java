/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.testing.vault;

import org.jspecify.annotations.NullMarked;
