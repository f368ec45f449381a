/**
 * Deliveries on a POSIX file system, by system calls that Java's own file API does not offer: every
 * directory is opened step by step without following a symlink, and a file has its mode and owners
 * before it has a name.
 *
 * <p>The adapter of {@code inject.FileTree}; Linux on x86-64 and aarch64, with {@code /proc}. Start
 * reading at {@link dev.latchkey.agent.files.posix.PosixFileTree}.
 */
@NullMarked
package dev.latchkey.agent.files.posix;

import org.jspecify.annotations.NullMarked;
