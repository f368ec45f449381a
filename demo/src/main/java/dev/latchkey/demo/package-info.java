/**
 * One demonstration: a credential rotates under load, and no query fails.
 *
 * <p>Three processes are started and ended by a fourth, which triggers the rotations, looks for
 * itself what they left behind, and judges. Start reading at {@link dev.latchkey.demo.Demo}; nobody
 * depends on this package.
 */
@NullMarked
package dev.latchkey.demo;

import org.jspecify.annotations.NullMarked;
