/** Starts Jobs by the clock. */
@NullMarked
package io.kvorum.controllers.cronjob;

import org.jspecify.annotations.NullMarked;
