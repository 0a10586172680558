/** The kubelet's HTTPS door: logs, exec, port-forward, statistics. */
@NullMarked
package io.kvorum.kubelet.server;

import org.jspecify.annotations.NullMarked;
