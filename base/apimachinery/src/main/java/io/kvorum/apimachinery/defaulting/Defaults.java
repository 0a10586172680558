package io.kvorum.apimachinery.defaulting;

import io.kvorum.apimachinery.type.ResourceType;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Fills an object's absent fields with upstream's defaults, kind by kind. Any thread. */
public final class Defaults {
    private Defaults() {}

    /** What one kind gets; changes the object in place. */
    @FunctionalInterface
    interface Defaulting {
        void apply(ObjectNode object);
    }

    // Only looked up by key, so its order is never seen.
    private static final Map<String, Defaulting> BY_RESOURCE = Map.ofEntries(
            Map.entry("pods", PodDefaults::pod),
            Map.entry("podtemplates", PodDefaults::podTemplate),
            Map.entry("replicationcontrollers", WorkloadDefaults::replicationController),
            Map.entry("services", ServiceDefaults::service),
            Map.entry("endpoints", ServiceDefaults::endpoints),
            Map.entry("namespaces", CoreDefaults::namespace),
            Map.entry("nodes", CoreDefaults::node),
            Map.entry("secrets", CoreDefaults::secret),
            Map.entry("limitranges", CoreDefaults::limitRange),
            Map.entry("persistentvolumes", StorageDefaults::persistentVolume),
            Map.entry("persistentvolumeclaims", StorageDefaults::persistentVolumeClaim),
            Map.entry("deployments.apps", WorkloadDefaults::deployment),
            Map.entry("replicasets.apps", WorkloadDefaults::replicaSet),
            Map.entry("statefulsets.apps", WorkloadDefaults::statefulSet),
            Map.entry("daemonsets.apps", WorkloadDefaults::daemonSet),
            Map.entry("jobs.batch", BatchDefaults::job),
            Map.entry("cronjobs.batch", BatchDefaults::cronJob),
            Map.entry("endpointslices.discovery.k8s.io", ServiceDefaults::endpointSlice),
            Map.entry("networkpolicies.networking.k8s.io", NetworkingDefaults::networkPolicy),
            Map.entry("ingressclasses.networking.k8s.io", NetworkingDefaults::ingressClass),
            Map.entry("storageclasses.storage.k8s.io", StorageDefaults::storageClass),
            Map.entry("csidrivers.storage.k8s.io", StorageDefaults::csiDriver),
            Map.entry("horizontalpodautoscalers.autoscaling", AutoscalingDefaults::horizontalPodAutoscaler),
            Map.entry("rolebindings.rbac.authorization.k8s.io", AccessDefaults::binding),
            Map.entry("clusterrolebindings.rbac.authorization.k8s.io", AccessDefaults::binding),
            Map.entry("priorityclasses.scheduling.k8s.io", CoreDefaults::priorityClass),
            Map.entry(
                    "mutatingwebhookconfigurations.admissionregistration.k8s.io", AdmissionDefaults::mutatingWebhooks),
            Map.entry(
                    "validatingwebhookconfigurations.admissionregistration.k8s.io",
                    AdmissionDefaults::validatingWebhooks),
            Map.entry("validatingadmissionpolicies.admissionregistration.k8s.io", AdmissionDefaults::policy),
            Map.entry(
                    "validatingadmissionpolicybindings.admissionregistration.k8s.io", AdmissionDefaults::policyBinding),
            Map.entry("mutatingadmissionpolicies.admissionregistration.k8s.io", AdmissionDefaults::mutatingPolicy),
            Map.entry("mutatingadmissionpolicybindings.admissionregistration.k8s.io", AdmissionDefaults::policyBinding),
            Map.entry("apiservices.apiregistration.k8s.io", ExtensionDefaults::apiService),
            Map.entry("customresourcedefinitions.apiextensions.k8s.io", ExtensionDefaults::customResourceDefinition),
            Map.entry("flowschemas.flowcontrol.apiserver.k8s.io", AccessDefaults::flowSchema),
            Map.entry("prioritylevelconfigurations.flowcontrol.apiserver.k8s.io", AccessDefaults::priorityLevel));

    /** Changes the object in place; a kind without defaults stays as it is. */
    public static void apply(ResourceType type, ObjectNode object) {
        Defaulting defaulting = BY_RESOURCE.get(type.id().qualified());
        if (defaulting != null) {
            defaulting.apply(object);
        }
    }
}
