/** The log's files: segments of checksummed records, safe against crashes and told apart from corruption. */
@NullMarked
package io.kvorum.jraft.log;

import org.jspecify.annotations.NullMarked;
