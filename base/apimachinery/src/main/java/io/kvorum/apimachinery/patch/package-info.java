/** JSON patch, merge patch and strategic merge patch. */
@NullMarked
package io.kvorum.apimachinery.patch;

import org.jspecify.annotations.NullMarked;
