/** The cluster's objects as the stages of a request look at them: current reads and followed kinds. */
@NullMarked
package io.kvorum.apiserver.cluster;

import org.jspecify.annotations.NullMarked;
