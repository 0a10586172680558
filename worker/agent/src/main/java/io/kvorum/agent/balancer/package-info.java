/** The node's own way to whichever server answers. */
@NullMarked
package io.kvorum.agent.balancer;

import org.jspecify.annotations.NullMarked;
