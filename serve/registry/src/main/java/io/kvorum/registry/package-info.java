/** Object semantics on the store: names, uid, generation, finalizers, watch cache. */
@NullMarked
package io.kvorum.registry;

import org.jspecify.annotations.NullMarked;
