/** The manifests of a server's folder, which it applies to the cluster. */
@NullMarked
package io.kvorum.node.manifests;

import org.jspecify.annotations.NullMarked;
