/** A node agent on a test host. */
@NullMarked
package io.kvorum.kubelet.lab;

import org.jspecify.annotations.NullMarked;
