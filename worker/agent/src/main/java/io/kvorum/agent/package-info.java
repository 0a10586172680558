/** A node without a control plane: how it joins a cluster and finds its servers. */
@NullMarked
package io.kvorum.agent;

import org.jspecify.annotations.NullMarked;
