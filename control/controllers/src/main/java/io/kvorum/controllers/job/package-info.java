/** Runs the pods of Jobs to completion. */
@NullMarked
package io.kvorum.controllers.job;

import org.jspecify.annotations.NullMarked;
