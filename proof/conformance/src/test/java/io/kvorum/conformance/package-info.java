/** Real clients and real containers against a server on a lab host. */
@NullMarked
package io.kvorum.conformance;

import org.jspecify.annotations.NullMarked;
