/** Programs that the measurement of snapshots is made of. */
@NullMarked
package io.kvorum.bench.snapshot;

import org.jspecify.annotations.NullMarked;
