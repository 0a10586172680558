/** Pods that stand in files of this node, and their mirrors in the API. */
@NullMarked
package io.kvorum.kubelet.manifest;

import org.jspecify.annotations.NullMarked;
