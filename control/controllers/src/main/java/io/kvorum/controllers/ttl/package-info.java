/** Removes Jobs some time after they have ended. */
@NullMarked
package io.kvorum.controllers.ttl;

import org.jspecify.annotations.NullMarked;
