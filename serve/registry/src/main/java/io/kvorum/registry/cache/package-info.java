/** The watch cache: every resource's objects and recent changes in memory, fed by one watch on the store. */
@NullMarked
package io.kvorum.registry.cache;

import org.jspecify.annotations.NullMarked;
