/** The OpenAPI v3 documents, made from the catalogue. */
@NullMarked
package io.kvorum.apimachinery.openapi;

import org.jspecify.annotations.NullMarked;
