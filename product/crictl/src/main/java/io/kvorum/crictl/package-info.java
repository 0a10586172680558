/** The container runtime's command line: what people ask a node's containerd with. */
@NullMarked
package io.kvorum.crictl;

import org.jspecify.annotations.NullMarked;
