/** The control plane as a library for tests. */
@NullMarked
package io.kvorum.junit;

import org.jspecify.annotations.NullMarked;
