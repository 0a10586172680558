/** The tunnels that a node holds open to its servers, by which they reach its kubelet. */
@NullMarked
package io.kvorum.agent.tunnel;

import org.jspecify.annotations.NullMarked;
