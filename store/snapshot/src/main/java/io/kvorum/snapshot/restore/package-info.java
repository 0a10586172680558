/** A snapshot becomes the state of a new cluster. */
@NullMarked
package io.kvorum.snapshot.restore;

import org.jspecify.annotations.NullMarked;
