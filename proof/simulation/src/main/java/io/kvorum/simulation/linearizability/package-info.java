/** Judges whether what clients saw could have come from one store that does one thing at a time. */
@NullMarked
package io.kvorum.simulation.linearizability;

import org.jspecify.annotations.NullMarked;
