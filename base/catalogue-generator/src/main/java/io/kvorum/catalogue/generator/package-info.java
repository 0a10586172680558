/** Writes the catalogue's resource at build time. */
@NullMarked
package io.kvorum.catalogue.generator;

import org.jspecify.annotations.NullMarked;
