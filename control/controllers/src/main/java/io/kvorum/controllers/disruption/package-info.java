/** Says how many pods a budget lets go at once. */
@NullMarked
package io.kvorum.controllers.disruption;

import org.jspecify.annotations.NullMarked;
