/** A server's snapshots: saved on demand and by schedule, asked for by the local supervisor's port. */
@NullMarked
package io.kvorum.node.snapshots;

import org.jspecify.annotations.NullMarked;
