/** The container runtime interface: stubs and the unix-socket client. */
@NullMarked
package io.kvorum.cri;

import org.jspecify.annotations.NullMarked;
