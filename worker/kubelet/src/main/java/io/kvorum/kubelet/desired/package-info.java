/** What a Pod asks for, worked out: resources, environment, fields; no runtime, no threads. */
@NullMarked
package io.kvorum.kubelet.desired;

import org.jspecify.annotations.NullMarked;
