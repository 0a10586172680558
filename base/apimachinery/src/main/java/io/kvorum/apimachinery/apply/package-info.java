/** Who owns which fields of an object, and server-side apply. */
@NullMarked
package io.kvorum.apimachinery.apply;

import org.jspecify.annotations.NullMarked;
