/** etcd's v3 API on the store. */
@NullMarked
package io.kvorum.etcdserver;

import org.jspecify.annotations.NullMarked;
