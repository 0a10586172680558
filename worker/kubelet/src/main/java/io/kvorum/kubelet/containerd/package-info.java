/** The containerd that this node runs, and the image archives it is given. */
@NullMarked
package io.kvorum.kubelet.containerd;

import org.jspecify.annotations.NullMarked;
