/** Rolls Deployments from one ReplicaSet to the next. */
@NullMarked
package io.kvorum.controllers.deployment;

import org.jspecify.annotations.NullMarked;
