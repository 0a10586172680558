/** Joining, tokens, certificates and bootstrap data. */
@NullMarked
package io.kvorum.supervisor;

import org.jspecify.annotations.NullMarked;
