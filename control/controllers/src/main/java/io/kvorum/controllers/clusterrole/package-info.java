/** Adds up ClusterRoles that are made of others. */
@NullMarked
package io.kvorum.controllers.clusterrole;

import org.jspecify.annotations.NullMarked;
