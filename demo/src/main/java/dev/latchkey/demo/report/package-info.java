/**
 * What happened, as values, and how it is shown: lines, a live table, one JSON object.
 *
 * <p>Pure but for the table's terminal; imports nothing of the demo. Start reading at {@link
 * dev.latchkey.demo.report.Summary}.
 */
@NullMarked
package dev.latchkey.demo.report;

import org.jspecify.annotations.NullMarked;
