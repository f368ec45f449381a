/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.demo.vault;

import org.jspecify.annotations.NullMarked;
