/** Finds a node for each pod: filters and scores are pure functions of a cluster view, a thin loop binds. */
@NullMarked
package io.kvorum.scheduler;

import org.jspecify.annotations.NullMarked;
