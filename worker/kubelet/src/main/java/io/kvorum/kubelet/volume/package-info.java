/** Volumes of pods: what is written and mounted for them. */
@NullMarked
package io.kvorum.kubelet.volume;

import org.jspecify.annotations.NullMarked;
