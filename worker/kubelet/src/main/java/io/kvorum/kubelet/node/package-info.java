/** The Node object: registration, conditions, lease. */
@NullMarked
package io.kvorum.kubelet.node;

import org.jspecify.annotations.NullMarked;
