/** Keeps one pod of a DaemonSet on each node it is meant for. */
@NullMarked
package io.kvorum.controllers.daemonset;

import org.jspecify.annotations.NullMarked;
