/** Watches and their encodings. */
@NullMarked
package io.kvorum.apiserver.watch;

import org.jspecify.annotations.NullMarked;
