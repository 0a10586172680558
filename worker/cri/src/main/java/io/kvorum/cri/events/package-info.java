/** The messages of containerd's event service, generated. */
@NullMarked
package io.kvorum.cri.events;

import org.jspecify.annotations.NullMarked;
