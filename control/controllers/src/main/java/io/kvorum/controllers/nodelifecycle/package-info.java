/** Notices nodes that went silent, and moves pods away from them. */
@NullMarked
package io.kvorum.controllers.nodelifecycle;

import org.jspecify.annotations.NullMarked;
