/** A container's log, read from the runtime's file. */
@NullMarked
package io.kvorum.crictl.logs;

import org.jspecify.annotations.NullMarked;
