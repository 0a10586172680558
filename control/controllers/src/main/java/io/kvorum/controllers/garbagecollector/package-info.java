/** Deletes objects whose owners are gone. */
@NullMarked
package io.kvorum.controllers.garbagecollector;

import org.jspecify.annotations.NullMarked;
