package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Questions that most plugins ask about a request; any thread. */
final class Subject {
    private Subject() {}

    /** Whether it is about the resource itself, not one of its subresources, of any version. */
    static boolean is(AdmissionRequest request, GroupVersionResource resource) {
        return isPartOf(request, resource) && request.subresource().isEmpty();
    }

    static boolean isPartOf(AdmissionRequest request, GroupVersionResource resource) {
        return request.type().id().qualified().equals(resource.qualified());
    }

    static boolean isNew(AdmissionRequest request, GroupVersionResource resource) {
        return request.operation() == Operation.CREATE && is(request, resource);
    }

    /** The object of a create or update. */
    static ObjectNode object(AdmissionRequest request) {
        return Objects.requireNonNull(request.object(), "a create or update has an object");
    }

    static ObjectNode old(AdmissionRequest request) {
        return Objects.requireNonNull(request.old(), "an update or delete has an old object");
    }

    static ApiException forbidden(AdmissionRequest request, String why) {
        return ApiException.forbidden(request.type().id(), request.name(), why);
    }
}
