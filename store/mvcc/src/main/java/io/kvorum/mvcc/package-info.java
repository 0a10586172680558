/** etcd's data model as a pure machine. */
@NullMarked
package io.kvorum.mvcc;

import org.jspecify.annotations.NullMarked;
