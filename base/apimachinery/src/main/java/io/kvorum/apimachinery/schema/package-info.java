/** What fields a kind has and what they mean. */
@NullMarked
package io.kvorum.apimachinery.schema;

import org.jspecify.annotations.NullMarked;
