/** Connections from servers to nodes over a websocket that the node opened, in the format of K3s's agents. */
@NullMarked
package io.kvorum.tunnel;

import org.jspecify.annotations.NullMarked;
