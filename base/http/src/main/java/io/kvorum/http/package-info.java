/** One HTTPS door for the API server, the supervisor and the kubelet. */
@NullMarked
package io.kvorum.http;

import org.jspecify.annotations.NullMarked;
