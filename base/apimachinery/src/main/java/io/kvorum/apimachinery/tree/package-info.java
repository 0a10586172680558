/** Reading and filling JSON trees without null checks at every step. */
@NullMarked
package io.kvorum.apimachinery.tree;

import org.jspecify.annotations.NullMarked;
