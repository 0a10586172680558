/** Failures as clients see them: the Kubernetes Status. */
@NullMarked
package io.kvorum.apimachinery.status;

import org.jspecify.annotations.NullMarked;
