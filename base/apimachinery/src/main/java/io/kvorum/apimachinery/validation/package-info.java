/** What an object must fulfil to be stored. */
@NullMarked
package io.kvorum.apimachinery.validation;

import org.jspecify.annotations.NullMarked;
