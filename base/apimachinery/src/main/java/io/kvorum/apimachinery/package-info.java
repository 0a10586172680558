/** The catalogue of Kubernetes types and what can be done with an object without I/O. */
@NullMarked
package io.kvorum.apimachinery;

import org.jspecify.annotations.NullMarked;
