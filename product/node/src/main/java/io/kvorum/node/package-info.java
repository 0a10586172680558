/** Composition root: configuration, parts, start order, stop in reverse. */
@NullMarked
package io.kvorum.node;

import org.jspecify.annotations.NullMarked;
