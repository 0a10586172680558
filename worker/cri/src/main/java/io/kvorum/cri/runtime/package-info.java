/** The container runtime interface's own messages, generated. */
@NullMarked
package io.kvorum.cri.runtime;

import org.jspecify.annotations.NullMarked;
