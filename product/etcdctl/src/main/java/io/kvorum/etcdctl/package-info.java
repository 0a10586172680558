/** etcd's command line: the entry. */
@NullMarked
package io.kvorum.etcdctl;

import org.jspecify.annotations.NullMarked;
