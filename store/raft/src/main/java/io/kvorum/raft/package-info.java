/** The replicated log as the rest of the house sees it. */
@NullMarked
package io.kvorum.raft;

import org.jspecify.annotations.NullMarked;
