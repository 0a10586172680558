/** Removes pods that nobody else will. */
@NullMarked
package io.kvorum.controllers.podgc;

import org.jspecify.annotations.NullMarked;
