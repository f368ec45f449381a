/**
 * Templates of files: text with tags that name secrets, quoted for where they end.
 *
 * <p>A part of the room {@code inject}, which alone uses it besides the configuration and the
 * wiring; the only place that sees the template engine. Pure: it reads no file, asks nobody, and
 * keeps nothing between two renderings. Start reading at {@link
 * dev.latchkey.agent.inject.template.Template}.
 */
@NullMarked
package dev.latchkey.agent.inject.template;

import org.jspecify.annotations.NullMarked;
