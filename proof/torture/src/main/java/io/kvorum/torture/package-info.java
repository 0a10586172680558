/** Tortures clusters of real member processes and judges what their clients saw. */
@NullMarked
package io.kvorum.torture;

import org.jspecify.annotations.NullMarked;
