/** The life of pods: observe, plan, act, report. */
@NullMarked
package io.kvorum.kubelet.pod;

import org.jspecify.annotations.NullMarked;
