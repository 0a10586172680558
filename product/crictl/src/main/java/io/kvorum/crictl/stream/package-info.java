/** Running commands, attaching and forwarding ports over the runtime's streaming server. */
@NullMarked
package io.kvorum.crictl.stream;

import org.jspecify.annotations.NullMarked;
