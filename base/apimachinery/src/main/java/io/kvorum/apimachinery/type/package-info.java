/** The catalogue: which kinds of objects there are and how they are served. */
@NullMarked
package io.kvorum.apimachinery.type;

import org.jspecify.annotations.NullMarked;
