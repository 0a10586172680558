/** The OpenAPI documents, versions 3 and 2, made from the catalogue. */
@NullMarked
package io.kvorum.apimachinery.openapi;

import org.jspecify.annotations.NullMarked;
