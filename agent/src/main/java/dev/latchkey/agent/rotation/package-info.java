/**
 * The step machine of rotation: persisted before it acts, proved before it publishes, undone when
 * it fails.
 *
 * <p>Imports {@code target}, {@code backend}, {@code consumer}, {@code current}, {@code catalog},
 * {@code schedule} and {@code audit}. Start reading at {@link
 * dev.latchkey.agent.rotation.Rotations}.
 */
@NullMarked
package dev.latchkey.agent.rotation;

import org.jspecify.annotations.NullMarked;
