/**
 * What exists: the declared secrets, the prefixes opened for others, the targets and the keyrings.
 *
 * <p>Imports leaves only. Start reading at {@link dev.latchkey.agent.catalog.Catalog}.
 */
@NullMarked
package dev.latchkey.agent.catalog;

import org.jspecify.annotations.NullMarked;
