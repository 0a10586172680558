/** Cluster DNS, answered by every node for its own pods. */
@NullMarked
package io.kvorum.network.dns;

import org.jspecify.annotations.NullMarked;
