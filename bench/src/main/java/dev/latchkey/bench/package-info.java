/**
 * The measurements behind {@code docs/performance.md}: each is a class of its own, all are run one
 * after another by {@link dev.latchkey.bench.Main}. Nobody depends on this.
 */
@NullMarked
package dev.latchkey.bench;

import org.jspecify.annotations.NullMarked;
