/** Gives each node its range of pod addresses. */
@NullMarked
package io.kvorum.controllers.nodeipam;

import org.jspecify.annotations.NullMarked;
