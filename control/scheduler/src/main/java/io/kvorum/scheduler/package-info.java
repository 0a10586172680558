/** Filter, score, bind. */
@NullMarked
package io.kvorum.scheduler;

import org.jspecify.annotations.NullMarked;
