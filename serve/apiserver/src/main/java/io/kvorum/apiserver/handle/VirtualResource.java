package io.kvorum.apiserver.handle;

import io.kvorum.apiserver.authz.Authorized;
import tools.jackson.databind.node.ObjectNode;

/** A resource that is asked rather than stored, such as a SubjectAccessReview; any thread. */
@FunctionalInterface
public interface VirtualResource {
    /**
     * @param question the body, which is the answerer's to change
     * @return the body of the answer
     */
    ObjectNode create(Authorized request, ObjectNode question);
}
