/** Tests of the package of the same name. */
@NullMarked
package dev.latchkey.demo.report;

import org.jspecify.annotations.NullMarked;
