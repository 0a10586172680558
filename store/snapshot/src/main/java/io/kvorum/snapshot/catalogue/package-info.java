/** The snapshots of a server: named, saved, verified, listed, pruned, found again. */
@NullMarked
package io.kvorum.snapshot.catalogue;

import org.jspecify.annotations.NullMarked;
