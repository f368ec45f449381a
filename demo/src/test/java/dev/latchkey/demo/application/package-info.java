/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.demo.application;

import org.jspecify.annotations.NullMarked;
