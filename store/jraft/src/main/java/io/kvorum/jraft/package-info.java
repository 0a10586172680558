/** The replicated log on SOFAJRaft, the only importer of it. */
@NullMarked
package io.kvorum.jraft;

import org.jspecify.annotations.NullMarked;
