/** etcd's own Java client against our members and real ones. */
@NullMarked
package io.kvorum.jetcd;

import org.jspecify.annotations.NullMarked;
