package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Nothing is made in a namespace that is missing or going away, and some namespaces stay for ever; any thread. */
final class NamespaceLifecycle implements Plugin {
    private static final List<String> IMMORTAL = List.of("default", "kube-system", "kube-public");

    private final ClusterObjects objects;

    NamespaceLifecycle(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void change(AdmissionRequest request) {
        if (Subject.isPartOf(request, KnownResources.NAMESPACES)) {
            boolean isRefused = request.operation() == Operation.DELETE && IMMORTAL.contains(request.name());
            if (isRefused) {
                throw Subject.forbidden(request, "this namespace may not be deleted");
            }
            return;
        }
        boolean isMade =
                request.operation() == Operation.CREATE && !request.namespace().isEmpty();
        if (isMade) {
            requireLiving(request);
        }
    }

    private void requireLiving(AdmissionRequest request) {
        ObjectNode namespace = objects.find(KnownResources.NAMESPACES, "", request.namespace())
                .orElseThrow(() -> ApiException.notFound(KnownResources.NAMESPACES, request.namespace()));
        boolean isTerminating = Fields.isBeingDeleted(namespace)
                || namespace.path("status").path("phase").asString("").equals("Terminating");
        if (isTerminating) {
            throw terminating(request);
        }
    }

    /** Controllers stop trying when they see this cause. */
    private static ApiException terminating(AdmissionRequest request) {
        ApiStatus plain = Subject.forbidden(
                        request,
                        "unable to create new content in namespace %s because it is being terminated"
                                .formatted(request.namespace()))
                .status();
        Cause cause = new Cause(
                "NamespaceTerminating",
                "namespace %s is being terminated".formatted(request.namespace()),
                "metadata.namespace");
        Details details = new Details(
                request.name(), request.type().id().group(), request.type().id().resource(), "", List.of(cause), 0);
        return new ApiException(new ApiStatus(plain.code(), plain.reason(), plain.message(), details));
    }
}
