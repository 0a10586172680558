/** How members talk to each other: two gRPC streams to each peer, mutual TLS, frames. */
@NullMarked
package io.kvorum.jraft.wire;

import org.jspecify.annotations.NullMarked;
