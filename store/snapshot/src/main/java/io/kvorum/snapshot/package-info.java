/** etcd's own snapshot file: format, catalogue, schedule, restore. */
@NullMarked
package io.kvorum.snapshot;

import org.jspecify.annotations.NullMarked;
