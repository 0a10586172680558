/** When snapshots are taken by themselves. */
@NullMarked
package io.kvorum.snapshot.schedule;

import org.jspecify.annotations.NullMarked;
