/** Ways for pods' packets between nodes, as flannel's. */
@NullMarked
package io.kvorum.network.overlay;

import org.jspecify.annotations.NullMarked;
