/** The discovery documents, made from the catalogue. */
@NullMarked
package io.kvorum.apimachinery.discovery;

import org.jspecify.annotations.NullMarked;
