/** Label and field selectors. */
@NullMarked
package io.kvorum.apimachinery.selector;

import org.jspecify.annotations.NullMarked;
