/** The crash-safe key-value file under mvcc: LMDB. */
@NullMarked
package io.kvorum.backend;

import org.jspecify.annotations.NullMarked;
