/** Pod network, service proxy, cluster DNS, load balancers. */
@NullMarked
package io.kvorum.network;

import org.jspecify.annotations.NullMarked;
