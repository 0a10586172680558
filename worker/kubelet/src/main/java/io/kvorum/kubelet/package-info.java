/** Observe, plan, act: pods on a node. */
@NullMarked
package io.kvorum.kubelet;

import org.jspecify.annotations.NullMarked;
