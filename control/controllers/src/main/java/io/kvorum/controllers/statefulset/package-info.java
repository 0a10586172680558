/** Keeps the numbered pods of StatefulSets, in order. */
@NullMarked
package io.kvorum.controllers.statefulset;

import org.jspecify.annotations.NullMarked;
