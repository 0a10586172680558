/** Fourth stage: what the cluster adds to, or refuses in, an object before it is stored. */
@NullMarked
package io.kvorum.apiserver.admission;

import org.jspecify.annotations.NullMarked;
