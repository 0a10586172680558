/** Secrets that stand in the store encrypted, in the formats of Kubernetes and K3s. */
@NullMarked
package io.kvorum.node.secrets;

import org.jspecify.annotations.NullMarked;
