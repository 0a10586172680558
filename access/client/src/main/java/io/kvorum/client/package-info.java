/** The Kubernetes client for our own components: informers, work queues. */
@NullMarked
package io.kvorum.client;

import org.jspecify.annotations.NullMarked;
