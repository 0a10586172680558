/** How a machine finds and enters a cluster that is there already. */
@NullMarked
package io.kvorum.node.join;

import org.jspecify.annotations.NullMarked;
