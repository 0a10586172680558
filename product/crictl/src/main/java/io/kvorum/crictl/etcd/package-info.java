/** The server's own etcd, shown as the container that it is elsewhere. */
@NullMarked
package io.kvorum.crictl.etcd;

import org.jspecify.annotations.NullMarked;
