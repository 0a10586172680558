/** What the node asks of Linux directly: mounts, cgroups, machine facts. */
@NullMarked
package io.kvorum.kubelet.linux;

import org.jspecify.annotations.NullMarked;
