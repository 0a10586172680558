/** The Kubernetes API in the order a request travels. */
@NullMarked
package io.kvorum.apiserver;

import org.jspecify.annotations.NullMarked;
