/** Requests that go on to a kubelet, a pod or a service. */
@NullMarked
package io.kvorum.apiserver.proxy;

import org.jspecify.annotations.NullMarked;
