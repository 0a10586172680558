/** Liveness, readiness and startup probes. */
@NullMarked
package io.kvorum.kubelet.probe;

import org.jspecify.annotations.NullMarked;
