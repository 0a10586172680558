/** Third stage: whether the caller may. RBAC and the Node authorizer. */
@NullMarked
package io.kvorum.apiserver.authz;

import org.jspecify.annotations.NullMarked;
