/** Keeps the wanted number of pods for ReplicaSets and ReplicationControllers. */
@NullMarked
package io.kvorum.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
