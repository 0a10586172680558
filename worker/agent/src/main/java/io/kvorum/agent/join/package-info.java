/** What a node asks of a server to become a node: trust, certificates and the cluster's settings. */
@NullMarked
package io.kvorum.agent.join;

import org.jspecify.annotations.NullMarked;
