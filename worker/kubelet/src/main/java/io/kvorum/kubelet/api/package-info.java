/** What the node agent reads from the API and writes to it. */
@NullMarked
package io.kvorum.kubelet.api;

import org.jspecify.annotations.NullMarked;
