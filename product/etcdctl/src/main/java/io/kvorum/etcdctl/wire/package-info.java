/** Connections to etcd's endpoints: choice, fail-over, TLS, authentication. */
@NullMarked
package io.kvorum.etcdctl.wire;

import org.jspecify.annotations.NullMarked;
