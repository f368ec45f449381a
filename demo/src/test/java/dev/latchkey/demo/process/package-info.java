/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.demo.process;

import org.jspecify.annotations.NullMarked;
