/** Services as nftables maps. */
@NullMarked
package io.kvorum.network.proxy;

import org.jspecify.annotations.NullMarked;
