/**
 * Pure arithmetic of when: renewals, intervals, refreshes.
 *
 * <p>Imports leaves only; nothing here waits or reads a clock. Start reading at {@link
 * dev.latchkey.agent.schedule.RefreshSchedule}.
 */
@NullMarked
package dev.latchkey.agent.schedule;

import org.jspecify.annotations.NullMarked;
