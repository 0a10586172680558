/** Whole clusters of the store in one seeded run: everything above the log is real, the log and time are simulated. */
@NullMarked
package io.kvorum.simulation;

import org.jspecify.annotations.NullMarked;
