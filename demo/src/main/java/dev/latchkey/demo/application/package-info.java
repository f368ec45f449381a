/**
 * An application that works on a database all the time and knows nothing of rotation.
 *
 * <p>A process of its own: start reading at {@link dev.latchkey.demo.application.Main}. It reports
 * to the demo in lines of {@code report}; imports that and {@code process}.
 */
@NullMarked
package dev.latchkey.demo.application;

import org.jspecify.annotations.NullMarked;
