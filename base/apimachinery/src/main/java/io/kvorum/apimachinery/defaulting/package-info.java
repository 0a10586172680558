/** What the server fills in where a client said nothing. */
@NullMarked
package io.kvorum.apimachinery.defaulting;

import org.jspecify.annotations.NullMarked;
