/** The replicated log on SOFAJRaft, the only room that names it. */
@NullMarked
package io.kvorum.jraft;

import org.jspecify.annotations.NullMarked;
